import type { IncomingHttpHeaders } from 'node:http';
import { retryAfterMs, untilReset } from './retry-after';

/** An answer's word that a limit is near. */
export interface RateHint {
  /** What is left lasts if requests are so far apart; milliseconds. `undefined` when that cannot be told. */
  readonly intervalMs?: number;
}

/** Below this share of a quota or bucket we slow down; Atlassian's own threshold for `X-RateLimit-NearLimit`. */
const NEAR = 0.2;
/** A hint is not taken for a stop: who really has nothing left answers 429. */
const LONGEST_INTERVAL_MS = 10_000;

/**
 * What an answer, also a good one, says about limits that are near; `undefined` when none is.
 *
 * Data Center counts by a bucket that is filled again at a rate; Cloud by a quota until a moment, told by older headers
 * (`X-RateLimit-…`) or newer ones (`Beta-RateLimit`).
 *
 * @param now milliseconds since the epoch; used when the answer has no `Date`
 * @see https://confluence.atlassian.com/doc/improving-instance-stability-with-rate-limiting-992679004.html
 * @see https://developer.atlassian.com/cloud/confluence/rate-limiting/
 */
export function rateHint(headers: IncomingHttpHeaders, now: number): RateHint | undefined {
  const hints = [bucket(headers, now), nearLimit(headers, now), betaQuota(headers)].filter(
    (hint) => hint !== undefined,
  );
  if (hints.length === 0) return undefined;
  const intervals = hints.flatMap(({ intervalMs }) => intervalMs ?? []);
  return intervals.length === 0 ? {} : { intervalMs: Math.min(LONGEST_INTERVAL_MS, Math.max(...intervals)) };
}

function bucket(headers: IncomingHttpHeaders, now: number): RateHint | undefined {
  const remaining = number(headers['x-ratelimit-remaining']);
  const fillRate = number(headers['x-ratelimit-fillrate']);
  const seconds = number(headers['x-ratelimit-interval-seconds']);
  if (remaining === undefined || !fillRate || !seconds) return undefined;
  const isNear = remaining < Math.max(NEAR * (number(headers['x-ratelimit-limit']) ?? 0), 1);
  // On an empty bucket a good answer has the time until the next request, too.
  const waitMs = remaining < 1 ? (retryAfterMs(headers, now) ?? 0) : 0;
  return isNear ? { intervalMs: Math.max((seconds * 1000) / fillRate, waitMs) } : undefined;
}

function nearLimit(headers: IncomingHttpHeaders, now: number): RateHint | undefined {
  if (headers['x-ratelimit-nearlimit'] !== 'true') return undefined;
  const remaining = number(headers['x-ratelimit-remaining']);
  const leftMs = untilReset(headers, now);
  return remaining === undefined || leftMs === undefined ? {} : { intervalMs: leftMs / Math.max(1, remaining) };
}

/** `"global-app-quota";r=13;t=600` beside the policy `"global-app-quota";q=65000;w=3600`. */
function betaQuota(headers: IncomingHttpHeaders): RateHint | undefined {
  const left = /;r=(\d{1,12});t=(\d{1,9})/.exec(String(headers['beta-ratelimit'] ?? ''));
  const quota = /;q=(\d{1,12})/.exec(String(headers['beta-ratelimit-policy'] ?? ''));
  if (left === null || quota === null) return undefined;
  const [remaining, seconds] = [Number(left[1]), Number(left[2])];
  if (remaining >= NEAR * Number(quota[1])) return undefined;
  return { intervalMs: (seconds * 1000) / Math.max(1, remaining) };
}

function number(value: string | readonly string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,12}(\.\d{1,6})?$/.test(value) ? Number(value) : undefined;
}
