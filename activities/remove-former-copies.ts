import { HttpError, RateLimitedError, UnauthorizedError } from '../http/errors';
import { contentKey } from '../rules/content-key';
import type { FormerCopy } from '../store/former-copies-api';
import type { Writer } from '../store/store';
import { sendWhileClaimed } from './claim';
import type { TenantContext } from './context';
import { SyncError } from './errors';
import { LEASE_MS } from './plan-space';

/** One request of the platform: the lease is looked at before each. */
const COPIES_A_CALL = 20;

/**
 * Removes contents under former keys whose items are finalized under the new ones. What the platform does not remove is
 * a failure of that item, tried again by the next run.
 *
 * Safe to run twice: copies that are gone are recorded as such.
 *
 * @returns false when it stopped early
 */
export async function removeFormerCopies(
  context: TenantContext,
  writer: Writer,
  now: () => number,
  signal: AbortSignal,
): Promise<boolean> {
  const { store } = context;
  for (let after = ''; ;) {
    if (signal.aborted) return false;
    const copies = await store.formerCopies.superseded(writer, after, COPIES_A_CALL);
    const last = copies.at(-1);
    if (last === undefined) return true;
    const going = await store.formerCopies.announce(writer, copies, now());
    await remove(context, writer, going, now, signal);
    await store.leases.renewSpace(writer, now(), LEASE_MS);
    after = last.itemKey;
  }
}

async function remove(
  { store, unique }: TenantContext,
  writer: Writer,
  copies: readonly FormerCopy[],
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const failed = (items: readonly FormerCopy[], message: string, httpStatus?: number) =>
    store.formerCopies.recordFailed(
      writer,
      items.map(({ itemKey }) => {
        const status = httpStatus === undefined ? {} : { httpStatus };
        return { spaceKey: writer.spaceKey, itemKey, step: 'remove', message, ...status };
      }),
      now(),
    );
  try {
    const ids = copies.map(({ contentId }) => contentId);
    const deleted = new Set(await unique.deleteContents(ids, signal, sendWhileClaimed(store, writer)));
    const unsure = copies.filter(({ contentId }) => !deleted.has(contentId));
    // Not in the answer: gone already, or not removed.
    const stored = await unique.contentsByKeys(unsure.map(keyOf), signal);
    const left = unsure.filter((copy) => stored.some(({ key }) => key === keyOf(copy)));
    await store.formerCopies.recordRemoved(
      writer,
      copies.filter((copy) => !left.includes(copy)),
      now(),
    );
    if (left.length > 0)
      await failed(left, 'Unique answered, but did not remove the copy under the former key. The next sync tries it.');
  } catch (error) {
    if (error instanceof RateLimitedError || error instanceof UnauthorizedError) throw new SyncError('remove', error);
    if (!(error instanceof HttpError)) throw error;
    await failed(copies, error.message, error.status);
  }
}

const keyOf = ({ partialKey, itemKey }: FormerCopy): string => contentKey(partialKey, itemKey);
