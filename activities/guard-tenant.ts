import { tenantGuard } from '../rules/guard';
import { type SpaceReport, spaceOutcome } from '../rules/report';
import { HELD_BY_GUARD } from '../store/removal-plan';
import type { JudgeTogether } from '../store/removals-api';
import type { RunKey, Store } from '../store/store';
import type { RunInput } from './contract';
import type { TenantContext } from './context';
import { blockedFor } from './judge-space';

/**
 * Asks the tenant's guard about the removals of all spaces of the run, once all were judged and before any is done.
 * When they are too many, each space's wait under a fingerprint of their own.
 *
 * Safe to run twice: what was done in between counts as before.
 */
export async function guardTenant({ store }: TenantContext, { tenant, run }: RunInput, now: number): Promise<void> {
  await store.removals.holdTogether({ tenant, run }, judge, now);
}

/** The same for a dry run, whose spaces are reported already: it is the last to be asked. Safe to run twice. */
export async function guardDryTenant(store: Store, key: RunKey, now: number): Promise<void> {
  const held = await store.removals.judgeDryTogether(key, judge, now);
  for (const report of await store.runs.spaceReports(key)) {
    const blocked = held.get(report.spaceKey);
    if (blocked === undefined || report.blocked !== undefined) continue;
    await store.runs.recordSpace({ ...key, spaceKey: report.spaceKey }, asBlocked({ ...report, blocked }));
  }
  await store.removals.holdDry(key, held.keys());
}

const judge: JudgeTogether = (counts, set) => blockedFor(tenantGuard(counts.tenant, counts.emptiedSpaces), set);

function asBlocked(report: SpaceReport): SpaceReport {
  const { deleted, held } = report.totals;
  const totals = { ...report.totals, deleted: 0, held: held + deleted };
  const reasons = [{ why: HELD_BY_GUARD, items: deleted }, ...(report.held ?? [])];
  return { ...report, totals, outcome: spaceOutcome(totals, true), held: reasons };
}
