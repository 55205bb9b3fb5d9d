import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { HomeLockedError } from './errors';

/** A lock that its holder did not refresh for so long belongs to a dead process; starting a server takes two seconds. */
const STALE_AFTER_MS = 10_000;
const TRY_AGAIN_AFTER_MS = 100;
const TRIES = 900;

/**
 * Does the work while no other command looks for, starts or stops the server of this home.
 *
 * @throws {HomeLockedError} after a minute and a half
 */
export async function withHomeLock<T>(home: string, work: () => Promise<T>): Promise<T> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const release = await lock(home, {
    lockfilePath: join(home, 'home.lock'),
    realpath: false,
    stale: STALE_AFTER_MS,
    retries: { retries: TRIES, factor: 1, minTimeout: TRY_AGAIN_AFTER_MS, maxTimeout: TRY_AGAIN_AFTER_MS },
    // Only when this process stood still for ten seconds. Two servers on one database stay impossible: the first one
    // holds it exclusively.
    onCompromised: () => undefined,
  }).catch((error: unknown) => {
    throw new HomeLockedError(home, { cause: error });
  });
  try {
    return await work();
  } finally {
    // Fails when the lock was lost on the way, which changes nothing any more.
    await release().catch(() => undefined);
  }
}
