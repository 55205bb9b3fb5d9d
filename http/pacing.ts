import type { IncomingHttpHeaders } from 'node:http';
import { type Budget, BudgetPausedError } from './budget';
import { type Exchange, type HttpError, RateLimitedError } from './errors';
import type { RequestKind } from './request';
import { rateHint } from './rate-hint';
import { countWait } from './request-counts';
import { DEFAULT_RETRY_AFTER_MS } from './retry-after';

/** Kinds that go through the budget; what they are told about limits holds for the whole target. */
const BUDGETED: ReadonlySet<RequestKind> = new Set(['confluence', 'download', 'unique']);
/** How long a hint that the rate limit is near keeps us slow. */
const SLOW_DOWN_MS = 60_000;

/** How a client keeps to its budget, and hands on what the server says about it. */
export interface Pacing {
  /**
   * Waits for the turn; a token is the request of many and takes none, but keeps quiet in a pause like everybody.
   *
   * @throws {RateLimitedError} when the turn would come only after a long pause
   */
  takeTurn(kind: RequestKind, exchange: Exchange, signal: AbortSignal | undefined): Promise<void>;
  /** Slows down when the answer says that a limit is near. */
  heed(kind: RequestKind, headers: IncomingHttpHeaders): void;
  /** Pauses the whole target when the error asks for it. */
  pauseAfter(kind: RequestKind, error: HttpError): Promise<void>;
}

/** Pacing by a budget; without one, requests go out at once. */
export function createPacing(budget: Budget | undefined): Pacing {
  const budgetOf = (kind: RequestKind) => (BUDGETED.has(kind) ? budget : undefined);
  // A client fetches tokens from its own server: a budget here is that server's.
  const pausedBy = (kind: RequestKind) => (kind === 'token' ? budget : budgetOf(kind));
  return {
    async takeTurn(kind, exchange, signal) {
      const askedAt = performance.now();
      try {
        await (kind === 'token' ? budget?.endOfPause() : budgetOf(kind)?.take(signal));
      } catch (error) {
        if (!(error instanceof BudgetPausedError)) throw error;
        const what = 'it was not sent, because the server asked for a pause before. The sync goes on by itself.';
        throw new RateLimitedError(what, exchange, error.retryAfterMs);
      } finally {
        countWait(kind, performance.now() - askedAt);
      }
    },
    heed(kind, headers) {
      const hint = rateHint(headers, Date.now());
      if (hint !== undefined) budgetOf(kind)?.slowDown(Date.now() + SLOW_DOWN_MS, hint.intervalMs);
    },
    async pauseAfter(kind, error) {
      const pauseMs = pauseOf(error);
      if (pauseMs === undefined) return;
      // The error is thrown anyway; a store that does not take the pause shows at the next turn.
      await pausedBy(kind)
        ?.pauseUntil(Date.now() + pauseMs)
        .catch(() => undefined);
    },
  };
}

function pauseOf(error: HttpError): number | undefined {
  if (error instanceof RateLimitedError) return error.retryAfterMs;
  return error.status === 503 ? DEFAULT_RETRY_AFTER_MS : undefined;
}
