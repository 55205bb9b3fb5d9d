import { type SpaceReport, spaceOutcome, type Totals } from '../rules/report';
import type { CloseSpaceResult, RecordSpaceInput, SpaceInput } from './contract';
import type { TenantContext } from './context';
import { whyHeld } from './why-held';

/** Counts what the run did in a space, notes when it was compared, and gives the space free. Safe to run twice. */
export async function closeSpace({ store }: TenantContext, key: SpaceInput, now: number): Promise<CloseSpaceResult> {
  const { tenant, run, spaceKey } = key;
  const space = await store.manifest.space(key);
  const known = await store.spaces.get(tenant, spaceKey);
  const removed = await store.removals.totals(key);
  const held = await store.plan.countHeld(key);
  const totals: Totals = { ...(await store.plan.totals(key)), ...removed, held };
  const blocked = await store.removals.blockedOf(key);
  const outcome = spaceOutcome(totals, blocked !== undefined);
  const spaceId = space?.spaceId ?? known?.spaceId ?? '';
  await store.runs.recordSpace(key, {
    spaceKey,
    spaceId,
    outcome,
    totals,
    ...(blocked === undefined ? {} : { blocked }),
    ...(held === 0 ? {} : { held: await whyHeld(store, key, held) }),
  });
  if (space !== undefined) {
    if (totals.failed === 0) await store.spaces.setCompared(tenant, spaceKey, spaceId, now);
    await store.spaces.setKnown(tenant, spaceKey, spaceId, now);
  }
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
  const totals = { ...(await store.plan.totals(key)), ...(await store.removals.totals(key)) };
  const report: SpaceReport = { spaceKey: key.spaceKey, spaceId: space?.spaceId ?? '', outcome, totals, message };
  await store.runs.recordSpace(key, report);
  if (outcome === 'failed')
    await store.runs.recordFailures(key, [{ spaceKey: key.spaceKey, itemKey: '', step, message }], now);
  await store.leases.releaseSpace(key);
  return report;
}
