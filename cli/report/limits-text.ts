import type { LimitCounts, SideLimits } from '../../rules/report';
import { describeDuration } from './duration';
import { count } from './table';

/** What held a run's requests up, in one line; empty when nothing did. Waiting is summed over parallel requests. */
export function limitsText({ confluence, unique }: SideLimits): string {
  const sides = [sideText('Confluence', confluence), sideText('Unique', unique)].filter((side) => side !== '');
  return sides.length === 0 ? '' : `held up: ${sides.join('; ')}`;
}

function sideText(side: string, { waits, waitedMs, rateLimited, serverErrors }: LimitCounts): string {
  const parts = [
    waits > 0 ? `${count(waits)} waits of ${describeDuration(waitedMs)} in all` : '',
    rateLimited > 0 ? `${count(rateLimited)} × 429` : '',
    serverErrors > 0 ? `${count(serverErrors)} × 5xx` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${side} ${parts.join(', ')}`;
}
