import { compareSpace } from './compare-space';
import type { PlanSpaceInput, RetryInput, SlicePlan } from './contract';
import type { TenantContext } from './context';
import { inStep, SpaceHeldError, SpaceNotFoundError } from './errors';
import { settleKeys } from './settle-keys';
import { ensureSpaceScope } from './space-scope';

/** A slice is a few minutes of work: small enough to repeat, large enough that Temporal's part is small. */
const SLICE_BOUNDS = { pages: 200, attachments: 100, attachmentBytes: 256 * 1024 * 1024 } as const;
const RETRY_BOUNDS = { pages: 20, attachments: 20, attachmentBytes: 64 * 1024 * 1024 } as const;
/** Renewed by each slice; longer than any slice goes without a sign of life. */
export const LEASE_MS = 5 * 60 * 1000;
const TRY_LEASE_AGAIN_MS = 15_000;

/**
 * Compares manifest, ledger and platform: an action for each item, slices for the items to ingest, the space's scope.
 *
 * Safe to run twice: actions are written anew until slices are cut, then they stay.
 */
export async function planSpace(
  context: TenantContext,
  { tenant, run, spaceKey, force, pages }: PlanSpaceInput,
  now: number,
  signal: AbortSignal,
): Promise<SlicePlan> {
  const { store } = context;
  const key = { tenant, run, spaceKey };
  const space = await store.manifest.space(key);
  if (space === undefined) throw new SpaceNotFoundError(tenant, spaceKey);
  const lease = await store.leases.holdSpace(key, now, LEASE_MS);
  if (!lease.held)
    throw new SpaceHeldError(spaceKey, lease.owner, Math.min(Math.max(lease.until - now, 1_000), TRY_LEASE_AGAIN_MS));

  await inStep('plan', () => settleKeys(context, key, space, now, signal));
  await compareSpace(context, key, space, { force: force && (pages ?? true), dryRun: false }, now, signal);
  for await (const itemKeys of store.formerCopies.itemKeys(tenant, spaceKey))
    await store.plan.keepCandidates(key, itemKeys);
  const slices = await store.plan.cutSlices(key, SLICE_BOUNDS);
  if (slices.pages.to + slices.attachments.to > 0)
    await inStep('scope', () => ensureSpaceScope(context, key, space, signal));
  const copies = await store.formerCopies.count(tenant, spaceKey);
  return { ...slices, candidates: copies + (await store.plan.countHeld(key)) };
}

/** Cuts what failed and may succeed later into smaller slices, so that one bad item takes few others along. */
export async function planRetry({ store }: TenantContext, { retry, ...key }: RetryInput): Promise<SlicePlan> {
  return store.plan.cutRetrySlices(key, retry, RETRY_BOUNDS);
}
