import type { SpaceReport } from '../../rules/report';
import { count, table } from './table';

const SPACES_SHOWN = 20;

/** Contents that are not listed any more and stay, by space, with the reasons. */
export function heldLines(spaces: readonly SpaceReport[]): string {
  const holding = spaces.filter(({ held = [] }) => held.length > 0);
  if (holding.length === 0) return '';
  const rows = holding
    .slice(0, SPACES_SHOWN)
    .flatMap(({ spaceKey, held = [] }) => held.map(({ why, items }) => [spaceKey, items, why]));
  const left = holding.length - SPACES_SHOWN;
  const more = left > 0 ? [`  … of ${count(left)} more spaces: see the JSON report`] : [];
  return ['Held, and why', table(rows), ...more].join('\n');
}
