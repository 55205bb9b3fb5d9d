import { setMaxListeners } from 'node:events';
import type { SendBefore } from '../http/client';
import type { Store, Writer } from '../store/store';
import { LEASE_MS } from './plan-space';

/** So long a request of an attempt that was given up may go on: far below `verify.doubtMinutes`. */
const LOOK_EVERY_MS = 30_000;

/** A request that writes is sent so soon after the look that allowed it, or not at all. */
const SEND_WITHIN_MS = 30_000;

/**
 * Looks whether the slice is still this attempt's, when the turn of a request has come that writes. Before it waits in
 * line would be too early: a turn of the budget may take a minute, and a frozen process much longer.
 *
 * @throws {SupersededError}
 */
export function sendWhileClaimed({ leases }: Pick<Store, 'leases'>, writer: Writer): SendBefore {
  return async () => {
    const lookedAt = Date.now();
    await leases.confirm(writer);
    return lookedAt + SEND_WITHIN_MS;
  };
}

/**
 * Works while the slice is this attempt's: renews the space's lease, and aborts what is on its way when the attempt was
 * given up. An upload may take an hour; that of an attempt which everybody takes for dead must not arrive long after the
 * doubts about it are settled.
 *
 * @throws {SupersededError} and whatever `work` throws
 */
export async function whileClaimed<T>(
  { leases }: Pick<Store, 'leases'>,
  writer: Writer,
  now: () => number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const look = async (): Promise<void> => {
    await leases.renewSpace(writer, now(), LEASE_MS);
    await leases.confirm(writer);
  };
  const claimed = AbortSignal.any([signal, lost.signal]);
  setMaxListeners(0, claimed); // every request in flight listens to it
  const timer = setInterval(() => void look().catch((error: unknown) => lost.abort(error)), LOOK_EVERY_MS);
  try {
    const result = await work(claimed);
    lost.signal.throwIfAborted();
    return result;
  } finally {
    clearInterval(timer);
  }
}
