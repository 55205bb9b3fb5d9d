import { HttpError, RateLimitedError, UnauthorizedError, UnavailableError } from '../../http/errors';
import type { ReleasedRemoval } from '../../store/removals-api';
import type { SpaceRunKey, Writer } from '../../store/store';
import type { StoredContent } from '../../unique/client';
import type { TenantContext } from '../context';
import type { DeleteContentsInput, DeleteContentsResult } from '../contract';
import { inStep, RegistrationOnItsWayError, SpaceHeldError, SyncError } from '../errors';
import { LEASE_MS } from '../plan-space';
import { isOwnContent, type OwnPrefix, ownPrefixes } from './own-spaces';
import { stillOwnScopes } from './still-own-scopes';

/** What the history of removals says. */
export const WHY_REMOVED = 'the tenant was removed';
/** The slice that a tenant's removal writes by. */
const DELETION_SLICE = 'deletion';
/** Contents that one activity tries. */
const CONTENTS_A_PORTION = 2_000;
const CONTENTS_A_PAGE = 100;
/** One request of the platform: the lease is looked at before each. */
const CONTENTS_A_CALL = 20;

/** A content of ours, as it is announced and recorded. */
interface OwnContent extends ReleasedRemoval {
  readonly content: StoredContent;
}
type Reason = { readonly message: string; readonly httpStatus?: number; readonly inDoubt: boolean };

/**
 * Removes the next contents of a space that are ours by their keys. Whether they went is read back, whatever the platform
 * answers: each look either finds less or goes on behind what stays, so that a removal that does not take comes to an end.
 *
 * Safe to run twice: what is gone is not listed again. The space is taken from whoever syncs it alone.
 *
 * @throws {SpaceHeldError} @throws {RegistrationOnItsWayError} both pass with time
 */
export async function deleteContents(
  context: TenantContext,
  input: DeleteContentsInput,
  attempt: string,
  now: () => number,
  signal: AbortSignal,
): Promise<DeleteContentsResult> {
  const { store, unique, config } = context;
  const { tenant, run, spaceKey, places } = input;
  const writer: Writer = { tenant, run, spaceKey, slice: DELETION_SLICE, attempt };
  await hold(context, writer, now());
  await store.leases.claimSlice(writer, now());
  await waitForRegistrations(context, writer, now());
  const scopeIds = new Set((await inStep('scope', () => stillOwnScopes(context, places, signal))).map(({ id }) => id));

  const tried = new Set<string>();
  let removed = 0;
  let left = 0;
  for (const prefix of ownPrefixes(config, input)) {
    for (let skip = 0; ;) {
      if (signal.aborted) return { finished: false, left };
      const page = { prefix: prefix.text, skip, take: CONTENTS_A_PAGE, signal };
      const { nodes } = await inStep('remove', () => unique.contentsByKeyPrefix(page));
      if (nodes.length === 0) break;
      const going = nodes.filter((content) => isOwnContent(prefix, content, scopeIds) && !tried.has(content.id));
      const gone = await deletePage(
        context,
        writer,
        going.map((content) => toOwn(content, prefix, input, now())),
        now,
        signal,
      );
      for (const { id } of going) tried.add(id);
      removed += gone;
      left += going.length - gone;
      skip += nodes.length - gone;
      if (tried.size >= CONTENTS_A_PORTION) return { finished: removed === 0, left };
    }
  }
  return { finished: true, left };
}

/** Takes the space, or keeps it. @throws {SpaceHeldError} */
export async function hold({ store }: Pick<TenantContext, 'store'>, space: SpaceRunKey, now: number): Promise<void> {
  const lease = await store.leases.holdSpace(space, now, LEASE_MS);
  if (!lease.held) throw new SpaceHeldError(space.spaceKey, lease.owner, Math.max(lease.until - now, 1_000));
}

/** A registration that arrives after the removal would bring its content back, and nobody would look again. */
async function waitForRegistrations(
  { config, store }: TenantContext,
  { tenant, spaceKey }: Writer,
  now: number,
): Promise<void> {
  const last = await store.tenants.lastRegistration(tenant, spaceKey);
  const leftMs = (last ?? 0) + config.verify.doubtMinutes * 60_000 - now;
  if (last !== undefined && leftMs > 0) throw new RegistrationOnItsWayError(spaceKey, leftMs);
}

function toOwn(
  content: StoredContent,
  { text, isInLedger }: OwnPrefix,
  { places }: DeleteContentsInput,
  now: number,
): OwnContent {
  return {
    content,
    // A second copy, in the other format or of a former space, is no row of the ledger: its whole key names it.
    itemKey: isInLedger ? content.key.slice(text.length) : content.key,
    spaceId: places[0]?.spaceId ?? '',
    verdict: 'remove',
    why: WHY_REMOVED,
    isEmpty: false,
    lookedUpAt: now,
    // A person ordered it: it counts for no guard of a tenant that comes back.
    isApproved: true,
  };
}

/** @returns how many are gone */
async function deletePage(
  context: TenantContext,
  writer: Writer,
  contents: readonly OwnContent[],
  now: () => number,
  signal: AbortSignal,
): Promise<number> {
  const { store, unique, config } = context;
  if (contents.length === 0) return 0;
  const doubtBefore = () => now() - config.verify.doubtMinutes * 60_000;
  const reasons = new Map<string, Reason>();
  for (let from = 0; from < contents.length; from += CONTENTS_A_CALL) {
    signal.throwIfAborted();
    await hold(context, writer, now());
    const batch = contents.slice(from, from + CONTENTS_A_CALL);
    const announced = await store.removals.announce(writer, batch, now(), doubtBefore());
    const going = batch.filter(({ itemKey }) => announced.has(itemKey));
    const reason = await tryToDelete(context, writer, going, signal);
    if (reason !== undefined) for (const { itemKey } of batch) reasons.set(itemKey, reason);
  }
  const keys = contents.map(({ content }) => content.key);
  const present = new Set((await inStep('remove', () => unique.contentsByKeys(keys, signal))).map(({ id }) => id));
  const gone = contents
    .filter(({ content }) => !present.has(content.id))
    .map(({ content: _content, ...one }) => ({ ...one, wasThere: true }));
  if (gone.length > 0) await store.removals.recordRemoved(writer, gone, now(), doubtBefore());
  const failures = contents
    .filter(({ content }) => present.has(content.id))
    .map(({ itemKey }) => {
      const reason = reasons.get(itemKey) ?? DID_NOT_TAKE;
      return { spaceKey: writer.spaceKey, itemKey, step: 'remove', ...reason } as const;
    });
  if (failures.length > 0) await store.removals.recordFailed(writer, failures, now());
  return gone.length;
}

const DID_NOT_TAKE: Reason = {
  message: 'Unique answered, but did not remove the content. The next removal of the tenant tries it once more.',
  inDoubt: false,
};

/** @returns why it failed, where that is the contents' own matter */
async function tryToDelete(
  { store, unique }: TenantContext,
  writer: Writer,
  batch: readonly OwnContent[],
  signal: AbortSignal,
): Promise<Reason | undefined> {
  try {
    await unique.deleteContents(
      batch.map(({ content }) => content.id),
      signal,
    );
    return undefined;
  } catch (error) {
    if (error instanceof RateLimitedError || error instanceof UnauthorizedError) {
      await store.removals.withdraw(
        writer,
        batch.map(({ itemKey }) => itemKey),
      );
      throw new SyncError('remove', error);
    }
    if (!(error instanceof HttpError)) throw error;
    const inDoubt = error instanceof UnavailableError && !error.answered;
    return { message: error.message, inDoubt, ...(error.status === undefined ? {} : { httpStatus: error.status }) };
  }
}
