import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestKind } from './request';

/** Requests sent, by kind. A download counts once, its redirects included; token requests count nowhere. */
export interface RequestCounts {
  readonly confluence: number;
  readonly unique: number;
  readonly downloads: number;
  readonly uploads: number;
}

const storage = new AsyncLocalStorage<Record<keyof RequestCounts, number>>();

const COUNTER: Readonly<Record<RequestKind, keyof RequestCounts | undefined>> = {
  confluence: 'confluence',
  unique: 'unique',
  download: 'downloads',
  upload: 'uploads',
  redirect: undefined,
  token: undefined,
};

/**
 * Runs `work` and counts the requests sent inside it, those that failed included, so that an activity can book them to
 * its run. The counts are readable at any time, also after `work` failed.
 *
 * Follows promises and timers. Work handed to a queue that somebody else empties must be bound with
 * `AsyncResource.bind`, else it counts for the one who empties it.
 */
export function countRequests<T>(work: (counts: () => RequestCounts) => Promise<T>): Promise<T> {
  const counts = { confluence: 0, unique: 0, downloads: 0, uploads: 0 };
  return storage.run(counts, () => work(() => ({ ...counts })));
}

/** Counts one request that is about to be sent, if anybody counts. */
export function countRequest(kind: RequestKind): void {
  const counts = storage.getStore();
  const counter = COUNTER[kind];
  if (counts !== undefined && counter !== undefined) counts[counter] += 1;
}
