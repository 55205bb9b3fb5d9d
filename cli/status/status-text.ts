import { describeDuration } from '../report/duration';
import { count } from '../report/table';
import { failureLines } from '../report/tenant-report-text';
import { retryingText } from '../progress/retrying';
import type { TenantView } from './tenant-view';

/** Tenants at a glance, a few lines each. */
export function statusText(tenants: readonly TenantView[], withFailures: boolean, now: number): string {
  if (tenants.length === 0) return 'The worker has no tenant.';
  return tenants.map((tenant) => tenantText(tenant, withFailures, now)).join('\n\n');
}

function tenantText(view: TenantView, withFailures: boolean, now: number): string {
  const lines = [headline(view, now), syncLine(view, now), retryLine(view), lastLine(view, now), scheduleLine(view)];
  const failures = withFailures ? (view.last?.failures ?? []).map(failureLines) : [];
  return [...lines, ...failures].filter((line) => line !== '').join('\n');
}

function headline({ tenant, status, problem, freshAt, contents, unfinished }: TenantView, now: number): string {
  if (problem !== undefined) return `${tenant}  ${status}: ${problem}`;
  const fresh = freshAt === undefined ? 'never complete yet' : `complete as of ${freshAt} (${ago(freshAt, now)})`;
  const rest = unfinished === 0 ? '' : `, ${count(unfinished)} unfinished`;
  return `${tenant}  ${status}, ${fresh}, ${count(contents)} contents${rest}`;
}

function syncLine({ tenant, sync, running }: TenantView, now: number): string {
  if (sync === undefined) return '';
  const items = running === undefined ? '' : `, ${count(running.done)} of ${count(running.discovered)} items`;
  const since = `since ${sync.startedAt} (${ago(sync.startedAt, now)})`;
  switch (sync.state) {
    case 'paused':
      return `  now   paused (${sync.paused})${items}; go on with \`syncspace resume ${tenant}\``;
    case 'waiting for a worker':
      return `  now   an interrupted sync waits for a worker${items}; it goes on with \`syncspace up\` or \`syncspace sync ${tenant}\``;
    case 'running':
      return `  now   ${sync.phase ?? 'running'} ${since}${items}`;
  }
}

function retryLine({ sync }: TenantView): string {
  const retrying = retryingText(sync?.retrying);
  return retrying === '' ? '' : `        tries again: ${retrying}`;
}

function lastLine({ last }: TenantView, now: number): string {
  if (last === undefined) return '  last  no sync has ended yet';
  const { totals, outcome, endedAt, message } = last;
  const moved = `new ${count(totals.new)}, updated ${count(totals.updated)}, deleted ${count(totals.deleted)}`;
  const failed = totals.failed === 0 ? '' : `, failed ${count(totals.failed)}`;
  const why = message === undefined ? '' : `: ${message}`;
  return `  last  ${outcome} ${ago(endedAt, now)}, ${moved}${failed}${why}`;
}

function scheduleLine({ schedule }: TenantView): string {
  if (schedule === undefined) return '';
  const { cron = 'made by hand', timezone, nextAt, paused } = schedule;
  return paused === undefined
    ? `  next  ${nextAt ?? 'never'} (${cron}, ${timezone})`
    : `  next  none: the Schedule is paused (${paused})`;
}

function ago(isoTime: string, now: number): string {
  return `${describeDuration(Math.max(0, now - Date.parse(isoTime)))} ago`;
}
