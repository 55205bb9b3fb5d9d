import type { PlanReport } from '../../rules/plan-report';
import type { SpaceReport } from '../../rules/report';
import { describeDuration } from './duration';
import { heldLines } from './held-text';
import { count, table } from './table';
import { blockedTogetherText, failuresText, troubledSpaces } from './tenant-report-text';

const REMOVALS_SHOWN = 20;
const REASONS_SHOWN = 10;

/** A dry run as people read it: what a sync would do and why, what would wait for a person, and what it would take. */
export function planReportText(plan: PlanReport): string {
  const parts = [
    `A sync of ${plan.tenant} would do this${plan.message === undefined ? '' : `. ${plan.message}`}`,
    totalsTable(plan),
    changes(plan.spaces),
    removals(plan),
    heldLines(plan.spaces),
    troubledSpaces(plan.spaces),
    blockedTogetherText(plan),
    failuresText(plan.failures),
    estimate(plan),
    'Nothing was written to Unique.',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function totalsTable({ totals, spacesTotal, blocked }: PlanReport): string {
  return table([
    ['items', totals.discovered, `in ${count(spacesTotal)} ${spacesTotal === 1 ? 'space' : 'spaces'}`],
    ['add', totals.new, ''],
    ['update', totals.updated, ''],
    ['unchanged', totals.unchanged, ''],
    ['move', totals.moved, ''],
    ['remove', totals.deleted, blocked === undefined ? '' : `${count(blocked.deletions)} more would wait for a person`],
    ['hold', totals.held, totals.held > 0 ? 'not listed any more, and no evidence that they are gone' : ''],
  ]);
}

/** Of all spaces together: the reasons are few. */
function changes(spaces: readonly SpaceReport[]): string {
  const items = new Map<string, number>();
  for (const change of spaces.flatMap((space) => space.changes ?? [])) {
    const line = `${change.action === 'new' ? 'add' : 'update'}: ${change.why}`;
    items.set(line, (items.get(line) ?? 0) + change.items);
  }
  if (items.size === 0) return '';
  const rows = [...items].sort(([, a], [, b]) => b - a).slice(0, REASONS_SHOWN);
  return ['Why', table(rows.map(([why, number]) => [number, why]))].join('\n');
}

function removals({ removals, removalsTotal }: PlanReport): string {
  if (removals.length === 0) return '';
  const rows = removals.slice(0, REMOVALS_SHOWN).map(({ spaceKey, itemKey, evidence, isBlocked }) => {
    return [spaceKey, itemKey, isBlocked === true ? `${evidence} (blocked)` : evidence];
  });
  const left = removalsTotal - rows.length;
  const more = left > 0 ? [`  … ${count(left)} more: see the JSON report`] : [];
  return [`Removals (${count(removalsTotal)})`, table(rows), ...more].join('\n');
}

function estimate({ estimate: { confluenceRequests, uniqueRequests, seconds } }: PlanReport): string {
  const time = describeDuration(seconds * 1000);
  return `It would take about ${time}, ${count(confluenceRequests)} requests to Confluence and ${count(uniqueRequests)} to Unique.`;
}
