import type { IncomingHttpHeaders } from 'node:http';

/** How long to wait when a server asks for it without saying how long. */
export const DEFAULT_RETRY_AFTER_MS = 5_000;

/** The longest wait that is believed: hourly quotas exist, daily ones do not. */
export const MAX_RETRY_AFTER_MS = 60 * 60_000;

/**
 * How long the server asks us to wait, or `undefined` when it does not say, says zero or says nonsense: "now" in an
 * answer that refuses would be a hot loop.
 *
 * `Retry-After` (seconds or a date) wins over `X-RateLimit-Reset` (Atlassian: ISO 8601). Dates are measured against the
 * server's own `Date`, so that a clock that is wrong on either side does no harm.
 *
 * @param now milliseconds since the epoch; used when the answer has no `Date`
 * @returns milliseconds, above zero, at most an hour
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @see https://developer.atlassian.com/cloud/confluence/rate-limiting/
 */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const asked =
    seconds(text(headers['retry-after'])) ??
    until(httpDate(text(headers['retry-after'])), serverNow(headers, now)) ??
    untilReset(headers, now);
  return asked === undefined ? undefined : Math.min(asked, MAX_RETRY_AFTER_MS);
}

/**
 * How long until the quota begins anew (`X-RateLimit-Reset`); `undefined` when it is not told, or past.
 *
 * @returns milliseconds, above zero
 */
export function untilReset(headers: IncomingHttpHeaders, now: number): number | undefined {
  return until(isoDate(text(headers['x-ratelimit-reset'])), serverNow(headers, now));
}

const serverNow = (headers: IncomingHttpHeaders, now: number): number => httpDate(text(headers.date)) ?? now;

const text = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).trim();

function seconds(value: string): number | undefined {
  // Fractions are not in the RFC, but some gateways send them.
  if (!/^\d{1,10}(\.\d{1,9})?$/.test(value)) return undefined;
  const ms = Math.ceil(Number(value) * 1000);
  return ms > 0 ? ms : undefined;
}

function until(at: number | undefined, now: number): number | undefined {
  return at !== undefined && at > now ? at - now : undefined;
}

/** The three forms of RFC 9110; `Date.parse` alone would find a year in nearly any text. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w -]{6,11} (\d{4} )?\d{2}:\d{2}:\d{2}( GMT| \d{4})$/;

function httpDate(value: string): number | undefined {
  if (!HTTP_DATE.test(value)) return undefined;
  // The oldest form names no zone and would be read as local time.
  return instant(value.endsWith('GMT') ? value : `${value} GMT`);
}

function isoDate(value: string): number | undefined {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(value)
    ? instant(value)
    : undefined;
}

function instant(value: string): number | undefined {
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
