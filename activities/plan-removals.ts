import type { Writer } from '../store/store';
import type { TenantContext } from './context';
import type { PlanRemovalsInput, PlanRemovalsResult } from './contract';
import { SpaceHeldError } from './errors';
import { blockedAlone, blockedBy, judgeSpace } from './judge-space';
import { LEASE_MS } from './plan-space';

/** The slice that a space's removals are written by. */
export const REMOVAL_SLICE = 'removal';

/**
 * Looks up and judges what the space has in Unique and this run did not list, and lets the guard decide: nothing is
 * removed here.
 *
 * Safe to run twice: what was planned and not done is judged anew.
 */
export async function planRemovals(
  context: TenantContext,
  input: PlanRemovalsInput,
  attempt: string,
  now: () => number,
  signal: AbortSignal,
): Promise<PlanRemovalsResult> {
  const { store } = context;
  const { tenant, run, spaceKey } = input;
  const key = { tenant, run, spaceKey };
  const writer: Writer = { ...key, slice: REMOVAL_SLICE, attempt };
  const lease = await store.leases.holdSpace(key, now(), LEASE_MS);
  if (!lease.held) throw new SpaceHeldError(spaceKey, lease.owner, Math.max(lease.until - now(), 1_000));
  await store.leases.claimSlice(writer, now());
  await store.removals.beginPlan(writer);
  const superseded = (await store.formerCopies.superseded(key, '', 1)).length;
  const hasEvidence = await judgeSpace(context, key, now, signal, async (judged) => {
    await store.removals.addToPlan(writer, judged, now());
    await store.leases.renewSpace(key, now(), LEASE_MS);
  });
  if (!hasEvidence) return { removals: superseded };
  const approved = await approvedKeys(context, input, now());
  const blocked = input.isGuardedLater === true ? blockedAlone : blockedBy;
  const { released } = await store.removals.release(
    writer,
    approved,
    (counts, itemKeys) => blocked(context, spaceKey, counts, itemKeys),
    now(),
  );
  return { removals: released + superseded };
}

async function approvedKeys(
  { store }: TenantContext,
  { tenant, spaceKey, approval }: PlanRemovalsInput,
  now: number,
): Promise<ReadonlySet<string>> {
  return new Set(approval === undefined ? [] : await store.removals.approvedSet(tenant, spaceKey, approval, now));
}
