import type { Readable } from 'node:stream';
import { HttpError, RateLimitedError, UnauthorizedError, UnavailableError } from '../http/errors';
import type { Failure, Step } from '../rules/report';
import type { SliceRow, Writer } from '../store/store';
import type { ContentUpsert, UpsertResult } from '../unique/client';
import { sendWhileClaimed } from './claim';
import type { TenantContext } from './context';
import { SyncError } from './errors';

/** An item whose source is open and whose length is known: only such are registered, so a bad source leaves no half content. */
export interface ReadyItem {
  readonly row: SliceRow;
  readonly content: Omit<ContentUpsert, 'fileUrl'>;
  readonly body: Buffer | Readable;
  /** Fingerprint and version of what was read, which may be newer than what was listed. */
  readonly fingerprint: string;
  readonly version: number;
  /** What of the item could not be had, though it is ingested: images of a page. */
  readonly flaws?: readonly Failure[];
  /** Frees what the body holds, after the item's batch. */
  readonly release?: () => void;
}

export interface BatchResult {
  readonly ingested: number;
  readonly failed: readonly ItemFailure[];
}

/** One item's failure is a value; only what stops every item is thrown. */
export interface ItemFailure {
  readonly failure: Failure;
  /** No answer came: the request may still arrive. */
  readonly inDoubt: boolean;
  /** The other side did not work at all (5xx, no connection), which several items in a row may have in common. */
  readonly unavailable: boolean;
}

type Registered = {
  readonly item: ReadyItem;
  readonly readUrl: string;
  readonly writeUrl: string;
  readonly id: string;
};

/**
 * The way of a batch: announced in the ledger, registered, uploaded, finalized, recorded.
 *
 * Safe to run twice: the key decides, so a second registration and a second upload replace the first ones. Whatever
 * is interrupted between the announcement and the record is unfinished work of the next attempt or run; an attempt that
 * was given up sends nothing more, because whoever goes on expects at most one late request of it. A failed item
 * is never cleaned up in the platform: what lies there is replaced when the item is ingested, and a good copy stays.
 *
 * @throws {SyncError} around what stops every item: rate limits, refused credentials
 * @throws {SupersededError}
 */
export async function ingestBatch(
  context: TenantContext,
  writer: Writer,
  ready: readonly ReadyItem[],
  now: () => number,
  signal: AbortSignal,
): Promise<BatchResult> {
  const { store, unique, transfers } = context;
  const sendBefore = sendWhileClaimed(store, writer);
  const announced = ready.map(({ row }) => ({ itemKey: row.itemKey, isNew: row.isNew }));
  const waiting = new Set(await store.ledger.announce(writer, announced, now()));
  const items = ready.filter(({ row }) => !waiting.has(row.itemKey));
  const failed = ready.filter(({ row }) => waiting.has(row.itemKey)).map(waitsForRemoval);
  const registered = await upsert(
    'register',
    items,
    items.map(({ content }) => content),
    (item, { id, writeUrl, readUrl }) => ({ item, id, writeUrl, readUrl }),
  );
  const uploads = await Promise.all(registered.map((one) => transfers(() => upload(one))));
  const uploaded = registered.filter((_, index) => uploads[index] === true);
  const finalized = await upsert(
    'finalize',
    uploaded.map(({ item }) => item),
    uploaded.map(({ item, readUrl }) => ({ ...item.content, fileUrl: readUrl })),
    (item, { id }) => ({
      itemKey: item.row.itemKey,
      contentId: id,
      fingerprint: item.fingerprint,
      version: item.version,
    }),
  );
  if (finalized.length > 0) await store.ledger.recordFinalized(writer, finalized, now());
  const done = new Set(finalized.map(({ itemKey }) => itemKey));
  const flaws = items.flatMap((item) => (done.has(item.row.itemKey) ? (item.flaws ?? []) : []));
  await store.runs.recordFailures(writer, flaws, now());
  return { ingested: finalized.length, failed };

  async function upsert<T>(
    step: Step,
    of: readonly ReadyItem[],
    contents: readonly ContentUpsert[],
    use: (item: ReadyItem, answer: UpsertResult & { readonly ok: true }) => T,
  ): Promise<T[]> {
    if (contents.length === 0) return [];
    const answers = await unique.upsertContents(contents, signal, sendBefore).catch((error: unknown) => {
      throwIfSystemic(error, step);
      return contents.map((): UpsertResult => ({ ok: false, error: error as HttpError })); // others were thrown
    });
    return of.flatMap((item, index) => {
      const answer = answers[index];
      if (answer?.ok === true) return [use(item, answer)];
      if (answer === undefined) return [];
      throwIfSystemic(answer.error, step);
      failed.push(itemFailure(item.row, step, answer.error));
      return [];
    });
  }

  async function upload({ item, writeUrl }: Registered): Promise<boolean> {
    const { mimeType, byteSize } = item.content;
    try {
      await unique.upload({ writeUrl, mimeType, byteSize, body: item.body, sendBefore, signal });
      return true;
    } catch (error) {
      if (!Buffer.isBuffer(item.body)) item.body.destroy();
      throwIfSystemic(error, 'upload');
      failed.push(itemFailure(item.row, 'upload', error));
      return false;
    }
  }
}

/** Registered now, the content would be taken away by a removal that was sent before and arrives after. */
function waitsForRemoval({ row, body }: ReadyItem): ItemFailure {
  if (!Buffer.isBuffer(body)) body.destroy();
  const message =
    'An attempt that died may still remove this content. The first sync after `verify.doubtMinutes` ingests it.';
  const failure: Failure = { spaceKey: row.spaceKey, itemKey: row.itemKey, step: 'register', message };
  return { failure, inDoubt: false, unavailable: false };
}

/** An item's failure as it is reported; errors that no server caused are thrown on: they are ours. */
export function itemFailure({ spaceKey, itemKey }: SliceRow, step: Step, error: unknown): ItemFailure {
  if (!(error instanceof HttpError)) throw error instanceof SyncError ? error : new SyncError(step, error);
  const status = error.status === undefined ? {} : { httpStatus: error.status };
  return {
    failure: { spaceKey, itemKey, step, message: error.message, ...status },
    inDoubt: error instanceof UnavailableError && !error.answered,
    unavailable: error instanceof UnavailableError,
  };
}

/** Rate limits and refused credentials meet every item alike, and so does a cancellation: the activity stops there. */
export function throwIfSystemic(error: unknown, step: Step): void {
  if (error instanceof RateLimitedError || error instanceof UnauthorizedError) throw new SyncError(step, error);
  if (!(error instanceof HttpError)) throw error;
}
