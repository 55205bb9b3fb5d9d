/** When requests to one target may be sent: evenly spaced, and not while the target asked for a pause. */
export interface Budget {
  /**
   * Resolves when the caller may send one request; first come, first served. Rejects with the signal's reason.
   *
   * @throws {BudgetPausedError} when the turn would come only in a minute or more
   */
  take(signal?: AbortSignal): Promise<void>;
  /**
   * Resolves when the target asks for no pause (any more), without taking a turn.
   *
   * @throws {BudgetPausedError} when the pause lasts for a minute or more
   */
  endOfPause(): Promise<void>;
  /** Nobody sends until then, in any process; milliseconds since the epoch. An earlier moment shortens nothing. */
  pauseUntil(at: number): Promise<void>;
  /**
   * Until then, milliseconds since the epoch, this process sends no faster than one request each `intervalMs`; without
   * one, at half its rate.
   */
  slowDown(until: number, intervalMs?: number): void;
}

/** Reserves send times for a target shared by all processes. */
export interface BudgetLedger {
  /**
   * Reserves up to `count` (at least one) evenly spaced send times, the first not before `now` nor in a pause.
   * Reserved times are gone, used or not.
   */
  reserve(
    target: string,
    count: number,
    intervalMs: number,
    now: number,
  ): Promise<{ readonly firstAt: number; readonly count: number }>;
  /** Keeps reservations from starting before `until`; an earlier pause is never shortened. */
  pause(target: string, until: number): Promise<void>;
  /** When the last pause ends or ended; milliseconds since the epoch, below any time when there was none. */
  pausedUntil(target: string): Promise<number>;
}

/** Thrown when a target asked for a pause that is too long to be waited for with a request in hand. */
export class BudgetPausedError extends Error {
  override readonly name = 'BudgetPausedError';
  /** Milliseconds from now. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`No request may be sent in the next ${Math.ceil(retryAfterMs / 1000)} s.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Send times are reserved for about so long ahead. */
const LEASE_MS = 2_000;
/** How late a reserved time may be used, or one interval if that is longer; so much is what a burst can hold (W-43). */
const LATE_MS = 200;
const LONGEST_WAIT_MS = 60_000;
/** A pause that somebody else was told is heard of so late at most. */
const LISTEN_EVERY_MS = 50;

/**
 * A budget that spaces requests evenly, however many callers wait and however many processes share the ledger: in any
 * stretch of time, `requestsPerMinute` is exceeded by what falls into {@link LATE_MS} and no more.
 */
export function createBudget(options: {
  readonly requestsPerMinute: number;
  readonly ledger: BudgetLedger;
  /** Names the target in the ledger; equal for all processes that share it. */
  readonly target: string;
  readonly now?: () => number;
}): Budget {
  const { requestsPerMinute, ledger, target, now = Date.now } = options;
  if (!(requestsPerMinute > 0 && Number.isFinite(requestsPerMinute))) {
    throw new RangeError(`requestsPerMinute must be above zero, but is ${requestsPerMinute}.`);
  }
  const intervalMs = 60_000 / requestsPerMinute;
  const waiting = new Set<Waiter>();
  let lease = noLease();
  let pausedUntil = -Infinity;
  let listenedAt = -Infinity;
  let slow = { until: -Infinity, intervalMs };
  let admittedAt = -Infinity;
  let serving = false;
  let wake: () => void = () => undefined;

  async function serve(): Promise<void> {
    serving = true;
    try {
      while (waiting.size > 0) {
        const slot = await nextSlot();
        // The first one after a hint was reserved, or is next in line, at the pace from before it.
        const at = Math.max(slot, pausedUntil, now() < slow.until ? admittedAt + slow.intervalMs : -Infinity);
        const waitMs = at - now();
        if (waitMs > LONGEST_WAIT_MS) throw new BudgetPausedError(waitMs);
        // Looked at again afterwards: a pause may have come, or the last one who waits may have left.
        if (waitMs > 0) await sleep(waitMs);
        else if (!(await isPausedMeanwhile())) admitFirst();
      }
    } catch (error) {
      for (const waiter of waiting) waiter.leave(error);
    } finally {
      serving = false;
    }
  }

  /** The next reserved time; reserves more when none is left or those left are too old to be used. */
  async function nextSlot(): Promise<number> {
    if (lease.left > 0 && lease.nextAt > now() - Math.max(LATE_MS, lease.spacingMs)) return lease.nextAt;
    // One who asks alone reserves little, so that nothing is wasted; who uses up what it has gets twice as much.
    const usedUp = lease.left === 0 && lease.nextAt > now() - LEASE_MS;
    const spacingMs = now() < slow.until ? Math.max(slow.intervalMs, intervalMs) : intervalMs;
    const mostPerLease = Math.max(1, Math.floor(LEASE_MS / spacingMs));
    const wanted = Math.min(mostPerLease, Math.max(waiting.size, usedUp ? lease.size * 2 : 1));
    const { firstAt, count } = await ledger.reserve(target, wanted, spacingMs, now());
    lease = { nextAt: firstAt, left: count, size: count, spacingMs };
    return firstAt;
  }

  /** Another tenant or process may have been told to pause since the time was reserved. */
  async function isPausedMeanwhile(): Promise<boolean> {
    if (now() - listenedAt >= LISTEN_EVERY_MS) {
      listenedAt = now();
      keepQuietUntil(await ledger.pausedUntil(target));
    }
    return pausedUntil > now();
  }

  function keepQuietUntil(at: number): void {
    if (at <= pausedUntil || at <= now()) return;
    pausedUntil = at;
    // Times inside the pause would all be due at its end.
    lease = noLease();
  }

  function admitFirst(): void {
    const [first] = waiting;
    // The ledger was asked meanwhile and everybody left: the time stays reserved for the next caller.
    if (first === undefined) return;
    admittedAt = now();
    lease.left -= 1;
    lease.nextAt += lease.spacingMs;
    first.admit();
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const onAbort = () => {
          waiter.leave(signal?.reason);
          if (waiting.size === 0) wake();
        };
        const waiter: Waiter = {
          admit() {
            done();
            resolve();
          },
          leave(error) {
            done();
            reject(error);
          },
        };
        const done = () => {
          waiting.delete(waiter);
          signal?.removeEventListener('abort', onAbort);
        };
        waiting.add(waiter);
        signal?.addEventListener('abort', onAbort, { once: true });
        if (!serving) void serve();
      });
    },
    async endOfPause() {
      while (await isPausedMeanwhile()) {
        const waitMs = pausedUntil - now();
        if (waitMs > LONGEST_WAIT_MS) throw new BudgetPausedError(waitMs);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    },
    async pauseUntil(at) {
      if (at <= pausedUntil) return;
      keepQuietUntil(at);
      await ledger.pause(target, at);
    },
    slowDown(until, atLeastMs = 2 * intervalMs) {
      slow = { until, intervalMs: atLeastMs };
      // Times that were reserved much closer to each other are given up; hints differ a little from answer to answer.
      if (lease.spacingMs * 1.5 < atLeastMs) lease = noLease();
    },
  };
}

const noLease = (): Lease => ({ nextAt: -Infinity, left: 0, size: 0, spacingMs: 0 });

/** Send times that are ours: `left` of `size`, the next at `nextAt`. */
interface Lease {
  nextAt: number;
  left: number;
  readonly size: number;
  readonly spacingMs: number;
}

interface Waiter {
  admit(): void;
  leave(error: unknown): void;
}

/** A ledger for one process; the store has one for all, with the same meaning. */
export function createMemoryBudgetLedger(): BudgetLedger {
  const targets = new Map<string, { nextAt: number; pausedUntil: number }>();
  const find = (target: string) => {
    const known = targets.get(target) ?? { nextAt: -Infinity, pausedUntil: -Infinity };
    targets.set(target, known);
    return known;
  };
  return {
    async reserve(target, count, intervalMs, now) {
      const row = find(target);
      const firstAt = Math.max(now, row.nextAt, row.pausedUntil);
      row.nextAt = firstAt + count * intervalMs;
      return { firstAt, count };
    },
    async pause(target, until) {
      const row = find(target);
      row.pausedUntil = Math.max(row.pausedUntil, until);
    },
    pausedUntil: async (target) => find(target).pausedUntil,
  };
}
