import {
  addTotals,
  MAX_FAILURES_IN_REPORT,
  MAX_SPACES_IN_REPORT,
  mergeRounds,
  NO_ITEMS,
  NO_REQUESTS,
  NOTHING_VERIFIED,
  tenantOutcome,
  type TenantReport,
  troubledFirst,
} from '../rules/report';
import type { Store } from '../store/store';
import { blockTogether } from './block-together';
import type { CloseRunInput } from './contract';

/**
 * Seals the counts of a run into its report, and drops its manifest.
 *
 * Safe to run twice: a closed run answers with the report it has.
 */
export async function closeRun(
  store: Store,
  { tenant, run, workflowId, startedAt, ended }: CloseRunInput,
  now: number,
): Promise<TenantReport> {
  const key = { tenant, run };
  const row = await store.runs.get(key);
  if (row?.endedAt !== undefined && row.report !== undefined) return row.report;
  if (ended !== undefined && ended.outcome === 'failed') {
    await store.runs.recordFailures(
      key,
      [{ spaceKey: '', itemKey: '', step: ended.step, message: ended.message }],
      now,
    );
  }
  const spaces = [...(await store.runs.spaceReports(key))].sort(troubledFirst);
  const outcome =
    ended?.outcome ??
    tenantOutcome(
      spaces.map((space) => space.outcome),
      false,
    );
  const totals = spaces.map((space) => space.totals).reduce(addTotals, NO_ITEMS);
  const blocked = await blockTogether(store, tenant, spaces, now);
  const report: TenantReport = {
    tenant,
    workflowId,
    runId: run,
    outcome,
    startedAt: new Date(row?.startedAt ?? Date.parse(startedAt)).toISOString(),
    endedAt: new Date(now).toISOString(),
    totals,
    ...(blocked === undefined ? {} : { blocked }),
    // The platform works on what was finalized; nobody has looked at how that ended yet.
    verification: { ...NOTHING_VERIFIED, pending: totals.new + totals.updated },
    requests: row?.requests ?? NO_REQUESTS,
    spacesTotal: spaces.length,
    spaces: spaces.slice(0, MAX_SPACES_IN_REPORT),
    failures: await store.runs.failures(key, MAX_FAILURES_IN_REPORT),
    ...(ended === undefined ? {} : { message: ended.message }),
  };
  const whole = row?.report === undefined ? report : mergeRounds(row.report, report);
  await store.runs.end(key, whole, now);
  return whole;
}
