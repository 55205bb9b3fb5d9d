import type { BlockedTogether, Failure, Outcome, SpaceReport, TenantReport } from '../../rules/report';
import { describeDuration } from './duration';
import { heldLines } from './held-text';
import { limitsText } from './limits-text';
import { remedyFor } from './remedy';
import { count, table } from './table';

const SPACES_SHOWN = 20;
const FAILURES_SHOWN = 20;

const HEADLINES: Readonly<Record<Outcome, string>> = {
  succeeded: 'succeeded',
  partial: 'partly succeeded',
  blocked: 'succeeded, but removals wait for a person',
  skipped: 'did not sync',
  cancelled: 'was cancelled',
  failed: 'failed',
};

/** A sync's report as people read it: what moved, which spaces are in trouble, what failed and what to do about it. */
export function tenantReportText(report: TenantReport): string {
  const took = describeDuration(Date.parse(report.endedAt) - Date.parse(report.startedAt));
  const parts = [
    `${report.tenant} ${HEADLINES[report.outcome]} in ${took}${report.message === undefined ? '' : `: ${report.message}`}`,
    totalsTable(report),
    troubledSpaces(report.spaces),
    blockedTogetherText(report),
    heldLines(report.spaces),
    failuresText(report.failures, `syncspace status ${report.tenant} --failures`),
    `Run ${report.runId} of ${report.workflowId}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function totalsTable({ totals, verification, requests, limits, spacesTotal }: TenantReport): string {
  const inUnique = `${count(verification.finished)} finished, ${count(verification.pending)} pending, ${count(verification.failed)} failed`;
  const confluence = `Confluence ${count(requests.confluence)} and ${count(requests.downloads)} downloads`;
  const unique = `Unique ${count(requests.unique)} and ${count(requests.uploads)} uploads`;
  const items = [
    ['items', totals.discovered, `in ${count(spacesTotal)} ${spacesTotal === 1 ? 'space' : 'spaces'}`],
    ['new', totals.new, `in Unique: ${inUnique}`],
    ['updated', totals.updated, ''],
    ['unchanged', totals.unchanged, `requests: ${confluence}, ${unique}`],
    ['moved', totals.moved, limits === undefined ? '' : limitsText(limits)],
    ['deleted', totals.deleted, totals.held > 0 ? `${count(totals.held)} more held until there is evidence` : ''],
    ['skipped', totals.skipped, totals.skipped > 0 ? 'nothing to ingest: empty, or gone meanwhile' : ''],
    ['failed', totals.failed, ''],
  ] as const;
  return table(items);
}

/** Spaces that did not end well, and why. */
export function troubledSpaces(spaces: readonly SpaceReport[]): string {
  const troubled = spaces.filter(({ outcome }) => outcome !== 'succeeded');
  if (troubled.length === 0) return '';
  const rows = troubled.slice(0, SPACES_SHOWN).map((space) => [space.spaceKey, space.outcome, whatIsWrong(space)]);
  return [`Spaces in trouble (${count(troubled.length)})`, table(rows), more(troubled.length, SPACES_SHOWN)]
    .filter((line) => line !== '')
    .join('\n');
}

function whatIsWrong({ blocked, message, totals }: SpaceReport): string {
  if (blocked !== undefined) {
    const share = `${count(blocked.deletions)} of ${count(blocked.stored)} contents would be removed`;
    return `${share}: ${blocked.reason} (fingerprint ${blocked.fingerprint})`;
  }
  return message ?? `${count(totals.failed)} of ${count(totals.discovered)} items failed`;
}

/** How all that is blocked is let go at once. */
export function blockedTogetherText({
  tenant,
  blocked,
}: {
  readonly tenant: string;
  readonly blocked?: BlockedTogether;
}): string {
  if (blocked === undefined) return '';
  const one = `Look at what would go, then let one space's removals go with \`syncspace approve ${tenant} SPACE FINGERPRINT\``;
  if (blocked.spaces === 1) return `${one}.`;
  return `${one}, or all ${count(blocked.deletions)} of ${count(blocked.spaces)} spaces with \`syncspace approve --all ${tenant} ${blocked.fingerprint}\`.`;
}

/** What failed, and what to do about it. @param where the rest is to be seen */
export function failuresText(failures: readonly Failure[], where?: string): string {
  if (failures.length === 0) return '';
  const lines = failures.slice(0, FAILURES_SHOWN).map(failureLines);
  const rest = more(failures.length, FAILURES_SHOWN, where);
  return [`Failures (${count(failures.length)})`, ...lines, rest].filter((line) => line !== '').join('\n');
}

/** One failed item, and what to do about it. */
export function failureLines(failure: Failure): string {
  const status = failure.httpStatus === undefined ? '' : `, HTTP ${failure.httpStatus}`;
  const item = [failure.spaceKey, failure.itemKey].filter((part) => part !== '').join(' ');
  return `  ${item}  ${failure.step}${status}: ${failure.message}\n    → ${remedyFor(failure)}`;
}

function more(total: number, shown: number, where = 'the JSON report'): string {
  return total > shown ? `  … ${count(total - shown)} more: see ${where}` : '';
}
