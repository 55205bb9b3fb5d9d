import {
  addTotals,
  type Failure,
  isHeldUp,
  MAX_FAILURES_IN_REPORT,
  MAX_SPACES_IN_REPORT,
  mergeRounds,
  NO_ITEMS,
  NO_REQUESTS,
  NOTHING_VERIFIED,
  type Outcome,
  type SpaceReport,
  tenantOutcome,
  type TenantReport,
  type Totals,
  type Verification,
  troubledFirst,
} from '../rules/report';
import type { RunKey, Store } from '../store/store';
import { blockTogether } from './block-together';
import { recordCancelledSpaces } from './cancelled-spaces';
import type { CloseRunInput } from './contract';
import { PageNotFoundError } from './errors';

/**
 * Seals the counts of a run into its report, and drops its manifest.
 *
 * Safe to run twice: a closed run answers with the report it has.
 */
export async function closeRun(
  store: Store,
  { tenant, run, workflowId, startedAt, pages = [], purpose, ended }: CloseRunInput,
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
  const unknown = ended === undefined ? await recordUnknownPages(store, key, pages, now) : 0;
  if (ended?.outcome === 'cancelled') await recordCancelledSpaces(store, key);
  const spaces = [...(await store.runs.spaceReports(key))].sort(troubledFirst);
  const outcome = ended?.outcome ?? outcomeOf(spaces, unknown);
  const totals = spaces.map((space) => space.totals).reduce(addTotals, NO_ITEMS);
  const blocked = await blockTogether(store, tenant, spaces, now);
  const report: TenantReport = {
    tenant,
    workflowId,
    runId: run,
    outcome,
    ...(purpose === undefined ? {} : { purpose }),
    startedAt: new Date(row?.startedAt ?? Date.parse(startedAt)).toISOString(),
    endedAt: new Date(now).toISOString(),
    totals,
    ...(blocked === undefined ? {} : { blocked }),
    verification: NOTHING_VERIFIED, // counted below, over all rounds
    requests: row?.requests ?? NO_REQUESTS,
    ...(row !== undefined && isHeldUp(row.limits) ? { limits: row.limits } : {}),
    spacesTotal: spaces.length,
    spaces: spaces.slice(0, MAX_SPACES_IN_REPORT),
    failures: await store.runs.failures(key, MAX_FAILURES_IN_REPORT),
    ...(ended === undefined ? {} : { message: ended.message }),
  };
  const merged = row?.report === undefined ? report : mergeRounds(row.report, report);
  const whole = { ...merged, verification: await verificationOf(store, key, merged.totals, row?.report) };
  await store.runs.end(key, whole, now);
  return whole;
}

/** A page that was asked for by its id must not end in silence. @returns how many were found nowhere */
async function recordUnknownPages(store: Store, key: RunKey, pages: readonly string[], now: number): Promise<number> {
  if (pages.length === 0) return 0;
  const listed = await store.manifest.listed(key, pages);
  const failures = pages
    .filter((id) => !listed.has(id))
    .map((id): Failure => {
      const { message } = new PageNotFoundError(key.tenant, id);
      return { spaceKey: '', itemKey: id, step: 'discover', message };
    });
  await store.runs.recordFailures(key, failures, now);
  return failures.length;
}

function outcomeOf(spaces: readonly SpaceReport[], unknownPages: number): Outcome {
  const outcome = tenantOutcome(
    spaces.map((space) => space.outcome),
    false,
  );
  return unknownPages > 0 && outcome !== 'failed' ? 'partial' : outcome;
}

/** How the platform got on with what the run finalized: seen failed, not seen yet, and the rest. */
async function verificationOf(
  store: Store,
  key: RunKey,
  { new: added, updated }: Totals,
  earlier: TenantReport | undefined,
): Promise<Verification> {
  const counts = await store.verifications.counts(key);
  const failed = (earlier?.verification.failed ?? 0) + counts.failed;
  return { finished: Math.max(0, added + updated - counts.pending - failed), pending: counts.pending, failed };
}
