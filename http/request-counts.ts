import { AsyncLocalStorage } from 'node:async_hooks';
import type { LimitCounts, SideLimits } from '../rules/report';
import { type HttpError, RateLimitedError } from './errors';
import type { RequestKind } from './request';

/** Requests sent, by kind. A download counts once, its redirects included; token requests count nowhere. */
export interface RequestCounts {
  readonly confluence: number;
  readonly unique: number;
  readonly downloads: number;
  readonly uploads: number;
}

/** What an activity counts. */
interface Counts {
  readonly requests: Mutable<RequestCounts>;
  readonly limits: { readonly [side in keyof SideLimits]: Mutable<LimitCounts> };
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

const storage = new AsyncLocalStorage<Counts>();

const COUNTER: Readonly<Record<RequestKind, keyof RequestCounts | undefined>> = {
  confluence: 'confluence',
  unique: 'unique',
  download: 'downloads',
  upload: 'uploads',
  redirect: undefined,
  token: undefined,
};

const SIDE: Readonly<Record<RequestKind, keyof SideLimits | undefined>> = {
  confluence: 'confluence',
  download: 'confluence',
  redirect: 'confluence',
  unique: 'unique',
  upload: 'unique',
  token: undefined,
};

/** So long the look into the ledger of a budget may take; a turn that comes sooner was not waited for. */
const NO_WAIT_MS = 20;

/**
 * Runs `work` and counts the requests sent inside it, those that failed included, and what held them up, so that an
 * activity can book them to its run. The counts are readable at any time, also after `work` failed.
 *
 * Follows promises and timers. Work handed to a queue that somebody else empties must be bound with
 * `AsyncResource.bind`, else it counts for the one who empties it.
 */
export function countRequests<T>(
  work: (counts: () => RequestCounts, limits: () => SideLimits) => Promise<T>,
): Promise<T> {
  const none = () => ({ waits: 0, waitedMs: 0, rateLimited: 0, serverErrors: 0 });
  const requests = { confluence: 0, unique: 0, downloads: 0, uploads: 0 };
  const limits = { confluence: none(), unique: none() };
  return storage.run({ requests, limits }, () =>
    work(
      () => ({ ...requests }),
      () => structuredClone(limits),
    ),
  );
}

/** Counts one request that is about to be sent, if anybody counts. */
export function countRequest(kind: RequestKind): void {
  const counts = storage.getStore();
  const counter = COUNTER[kind];
  if (counts !== undefined && counter !== undefined) counts.requests[counter] += 1;
}

/** Counts what one request waited for its turn, if it did. */
export function countWait(kind: RequestKind, waitedMs: number): void {
  const limits = limitsOf(kind);
  if (limits === undefined || waitedMs < NO_WAIT_MS) return;
  limits.waits += 1;
  limits.waitedMs += Math.round(waitedMs);
}

/** Counts an answer that is no success, if it tells of a limit or of a server in trouble. */
export function countFailedAnswer(kind: RequestKind, error: HttpError): void {
  const limits = limitsOf(kind);
  if (limits === undefined) return;
  if ((error.status ?? 0) >= 500) limits.serverErrors += 1;
  else if (error instanceof RateLimitedError) limits.rateLimited += 1;
}

function limitsOf(kind: RequestKind) {
  const side = SIDE[kind];
  return side === undefined ? undefined : storage.getStore()?.limits[side];
}
