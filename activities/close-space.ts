import { type SpaceReport, spaceOutcome, type Totals } from '../rules/report';
import type { CloseSpaceResult, RecordSpaceInput, SpaceInput } from './contract';
import type { TenantContext } from './context';

/** Counts what the run did in a space, notes when it was compared, and gives the space free. Safe to run twice. */
export async function closeSpace({ store }: TenantContext, key: SpaceInput, now: number): Promise<CloseSpaceResult> {
  const { tenant, run, spaceKey } = key;
  const space = await store.manifest.space(key);
  const totals: Totals = { ...(await store.plan.totals(key)), held: await store.plan.countHeld(key) };
  const outcome = spaceOutcome(totals, false);
  const spaceId = space?.spaceId ?? '';
  await store.runs.recordSpace(key, { spaceKey, spaceId, outcome, totals });
  if (totals.failed === 0) await store.spaces.setCompared(tenant, spaceKey, spaceId, now);
  await store.leases.releaseSpace({ tenant, run, spaceKey });
  return { outcome, totals };
}

/** Records how a space ended that could not do so itself: failed, cancelled, held by another workflow. */
export async function recordSpace(
  { store }: TenantContext,
  { outcome, step, message, ...key }: RecordSpaceInput,
  now: number,
): Promise<SpaceReport> {
  const space = await store.manifest.space(key);
  const totals = await store.plan.totals(key);
  const report: SpaceReport = { spaceKey: key.spaceKey, spaceId: space?.spaceId ?? '', outcome, totals, message };
  await store.runs.recordSpace(key, report);
  if (outcome === 'failed')
    await store.runs.recordFailures(key, [{ spaceKey: key.spaceKey, itemKey: '', step, message }], now);
  await store.leases.releaseSpace(key);
  return report;
}
