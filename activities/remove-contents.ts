import { HttpError, RateLimitedError, UnauthorizedError, UnavailableError } from '../http/errors';
import { contentKey } from '../rules/content-key';
import type { JudgedCandidate, ReleasedRemoval } from '../store/removals-api';
import type { Writer } from '../store/store';
import { sendWhileClaimed } from './claim';
import type { TenantContext } from './context';
import type { RemoveContentsResult, SpaceInput } from './contract';
import { inStep, SpaceHeldError, SyncError } from './errors';
import { judgeCandidates } from './judge-candidates';
import { removeFormerCopies } from './remove-former-copies';
import { LEASE_MS } from './plan-space';
import { REMOVAL_SLICE } from './plan-removals';
import { keysOfLedger } from './space-keys';

/** Removals that one activity does. */
const REMOVALS_A_SLICE = 200;
/** One request of the platform: the lease is looked at before each. */
const REMOVALS_A_CALL = 20;
/** A look-up that is older is made again. */
const LOOK_UP_IS_GOOD_FOR_MS = 15 * 60_000;

/**
 * Removes contents that the plan released: announced in the ledger, removed by the content ids that stand behind their
 * keys, recorded. What the platform does not remove is a failure of that item, tried again by the next run.
 *
 * Safe to run twice: removals with an outcome are left out, and what is gone already is simply recorded.
 */
export async function removeContents(
  context: TenantContext,
  { tenant, run, spaceKey }: SpaceInput,
  attempt: string,
  now: () => number,
  signal: AbortSignal,
): Promise<RemoveContentsResult> {
  const { store, config } = context;
  const key = { tenant, run, spaceKey };
  const writer: Writer = { ...key, slice: REMOVAL_SLICE, attempt };
  const lease = await store.leases.holdSpace(key, now(), LEASE_MS);
  if (!lease.held) throw new SpaceHeldError(spaceKey, lease.owner, Math.max(lease.until - now(), 1_000));
  await store.leases.claimSlice(writer, now());
  if (!(await inStep('remove', () => removeFormerCopies(context, writer, now, signal)))) return { finished: false };
  const due = await refresh(context, writer, await store.removals.next(key, REMOVALS_A_SLICE), now, signal);
  const doubtMs = config.verify.doubtMinutes * 60_000;
  for (let from = 0; from < due.length; from += REMOVALS_A_CALL) {
    if (signal.aborted) return { finished: false };
    await inStep('remove', () =>
      removeBatch(context, writer, due.slice(from, from + REMOVALS_A_CALL), doubtMs, now, signal),
    );
    await store.leases.renewSpace(key, now(), LEASE_MS);
  }
  return { finished: (await store.removals.next(key, 1)).length === 0 };
}

/** After a pause, say, the evidence is old: it is looked at once more. */
async function refresh(
  context: TenantContext,
  writer: Writer,
  removals: readonly ReleasedRemoval[],
  now: () => number,
  signal: AbortSignal,
): Promise<readonly ReleasedRemoval[]> {
  const { store } = context;
  const old = removals.filter(({ lookedUpAt }) => now() - lookedUpAt > LOOK_UP_IS_GOOD_FOR_MS);
  if (old.length === 0) return removals;
  const row = await store.runs.get(writer);
  const candidates = [];
  const keys = new Set(old.map(({ itemKey }) => itemKey));
  for await (const chunk of store.removals.candidates(writer)) {
    candidates.push(...chunk.filter(({ itemKey }) => keys.has(itemKey)));
  }
  const spaceId = old[0]?.spaceId ?? '';
  const judging = { key: writer, spaceId, runStartedAt: row?.startedAt ?? 0, now: now() };
  const judged = await judgeCandidates(context, candidates, judging, signal);
  await store.removals.addToPlan(writer, judged, now());
  const gone = old.filter(({ itemKey }) => !judged.some((one) => one.itemKey === itemKey));
  const held = [...judged.filter(({ verdict }) => verdict === 'hold'), ...gone.map(listedMeanwhile)];
  await store.removals.recordHeld(writer, held);
  return store.removals.next(writer, REMOVALS_A_SLICE);
}

const listedMeanwhile = (removal: ReleasedRemoval): JudgedCandidate => ({
  ...removal,
  verdict: 'hold',
  why: 'it is no candidate any more',
  tombstone: 'keep',
});

async function removeBatch(
  context: TenantContext,
  writer: Writer,
  batch: readonly ReleasedRemoval[],
  doubtMs: number,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const { store, unique } = context;
  const partialKeyOf = await keysOfLedger(context, writer.spaceKey);
  const keyOf = ({ itemKey, spaceId }: ReleasedRemoval): string => contentKey(partialKeyOf(spaceId), itemKey);
  const former = await store.formerCopies.ofItems(
    writer.tenant,
    writer.spaceKey,
    batch.map(({ itemKey }) => itemKey),
  );
  const keysOf = (one: ReleasedRemoval): string[] => [
    keyOf(one),
    ...former.filter(({ itemKey }) => itemKey === one.itemKey).map((copy) => contentKey(copy.partialKey, copy.itemKey)),
  ];
  const contents = await unique.contentsByKeys([...new Set(batch.flatMap(keysOf))], signal);
  const stored = new Map(contents.map(({ key, id }) => [key, id]));
  const idsOf = (one: ReleasedRemoval): string[] => keysOf(one).flatMap((key) => stored.get(key) ?? []);
  const announced = await store.removals.announce(writer, batch, now(), now() - doubtMs);
  const going = batch.filter(({ itemKey }) => announced.has(itemKey));
  await store.removals.recordHeld(
    writer,
    batch.filter((one) => !going.includes(one)).map((one) => ({ itemKey: one.itemKey, why: whyNotYet(one) })),
  );
  const ids = [...new Set(going.flatMap(idsOf))];
  const deleted = await unique
    .deleteContents(ids, signal, sendWhileClaimed(store, writer))
    .catch((error: unknown) => failAll(going, error));
  if (deleted === undefined) return;
  const isGone = (one: ReleasedRemoval): boolean => idsOf(one).every((id) => deleted.includes(id));
  const removed = going.filter(isGone).map((one) => ({ ...one, wasThere: idsOf(one).length > 0 }));
  await store.removals.recordRemoved(writer, removed, now(), now() - doubtMs);
  const message = 'Unique answered, but did not remove the content. The next sync tries it once more.';
  await fail(
    going.filter((one) => !isGone(one)),
    message,
    undefined,
    false,
  );

  async function failAll(items: readonly ReleasedRemoval[], error: unknown): Promise<undefined> {
    const isSystemic = error instanceof RateLimitedError || error instanceof UnauthorizedError;
    if (isSystemic || !(error instanceof HttpError)) {
      // An aborted request may have been sent: its announcement stands, and the next attempt doubts it.
      if (isSystemic)
        await store.removals.withdraw(
          writer,
          items.map(({ itemKey }) => itemKey),
        );
      throw isSystemic ? new SyncError('remove', error) : error;
    }
    await fail(items, error.message, error.status, error instanceof UnavailableError && !error.answered);
    return undefined;
  }

  async function fail(
    items: readonly ReleasedRemoval[],
    message: string,
    httpStatus: number | undefined,
    inDoubt: boolean,
  ): Promise<void> {
    if (items.length === 0) return;
    const status = httpStatus === undefined ? {} : { httpStatus };
    const failures = items.map(({ itemKey }) => {
      return { spaceKey: writer.spaceKey, itemKey, step: 'remove', message, inDoubt, ...status } as const;
    });
    await store.removals.recordFailed(writer, failures, now());
  }
}

function whyNotYet({ toSpace, into }: ReleasedRemoval): string {
  if (into !== undefined) return 'its page, which is to hold it, does not stand in Unique with all its images yet';
  return toSpace === undefined
    ? 'a request of an attempt that died may still be on its way to it'
    : `moved to space ${toSpace}, which does not have it finalized yet`;
}
