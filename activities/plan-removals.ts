import { createHash } from 'node:crypto';
import { removalSetText, spaceGuard, tenantGuard } from '../rules/guard';
import type { Blocked } from '../rules/report';
import type { GuardCounts } from '../store/removals-api';
import type { Writer } from '../store/store';
import type { TenantContext } from './context';
import type { PlanRemovalsInput, PlanRemovalsResult } from './contract';
import { inStep, SpaceHeldError } from './errors';
import { judgeCandidates } from './judge-candidates';
import { LEASE_MS } from './plan-space';

/** The slice that a space's removals are written by. */
export const REMOVAL_SLICE = 'removal';
const NOTHING: PlanRemovalsResult = { removals: 0 };

/**
 * Looks up and judges what the space has in Unique and this run did not list, and lets the guard decide: nothing is
 * removed here. A run whose listing was cut, and the first run of a space, have no evidence.
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
  const row = await store.runs.get(key);
  const spaceId = await knownSpaceId(context, key);
  if (row === undefined || row.truncated || spaceId === undefined) return NOTHING;

  await inStep('remove', async () => {
    for await (const candidates of store.removals.candidates(key)) {
      signal.throwIfAborted();
      const judging = { key, spaceId, runStartedAt: row.startedAt, now: now() };
      const judged = await judgeCandidates(context, candidates, judging, signal);
      await store.removals.addToPlan(writer, judged, now());
      await store.leases.holdSpace(key, now(), LEASE_MS);
    }
  });
  const approved = await approvedKeys(context, input, now());
  const { released } = await store.removals.release(
    writer,
    approved,
    (counts, itemKeys) => blockedBy(context, spaceKey, counts, itemKeys),
    now(),
  );
  return { removals: released };
}

/** The space's id if an earlier run ingested it into this ledger; a ledger that is new is no ground for removals. */
async function knownSpaceId(
  { store }: TenantContext,
  key: { readonly tenant: string; readonly run: string; readonly spaceKey: string },
): Promise<string | undefined> {
  const known = await store.spaces.get(key.tenant, key.spaceKey);
  const listed = await store.manifest.space(key);
  if (known?.knownSince === undefined) return undefined;
  return listed === undefined || listed.spaceId === known.spaceId ? known.spaceId : undefined;
}

async function approvedKeys(
  { store }: TenantContext,
  { tenant, spaceKey, approval }: PlanRemovalsInput,
  now: number,
): Promise<ReadonlySet<string>> {
  const set = approval === undefined ? undefined : await store.removals.blockedSet(tenant, approval, now);
  return new Set(set?.spaceKey === spaceKey ? set.itemKeys : []);
}

function blockedBy(
  { config }: TenantContext,
  spaceKey: string,
  { space, tenant, emptiedSpaces }: GuardCounts,
  itemKeys: readonly string[],
): Blocked | undefined {
  const reason = spaceGuard(space, config.deletion) ?? tenantGuard(tenant, emptiedSpaces);
  if (reason === undefined) return undefined;
  const fingerprint = createHash('sha256').update(removalSetText(spaceKey, itemKeys)).digest('hex').slice(0, 12);
  return { fingerprint, reason, deletions: itemKeys.length, stored: space.stored };
}
