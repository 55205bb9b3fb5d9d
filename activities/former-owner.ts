import type { SpaceRunKey } from '../store/store';
import type { TenantContext } from './context';
import { FormerOwnerError } from './errors';

/** Note in the store: when it first met the root scope, which somebody had claimed before; milliseconds since the epoch. */
export const CLAIMED_BEFORE = 'root-claimed-before';

/**
 * Stops where a request of somebody who had the root scope before this store may still be on its way: the runs of a
 * store that was lost, or another connector. What they send late would change a content after it was looked at, and
 * neither the ledger nor a file diff would ever tell.
 *
 * They stopped before the store first met the root, so `verify.doubtMinutes` after that all is quiet. Nobody waits for
 * a root that nobody had claimed.
 *
 * @throws {FormerOwnerError} with the time that is left
 */
export async function waitForFormerOwner(
  { config, store }: TenantContext,
  { spaceKey }: SpaceRunKey,
  now: number,
): Promise<void> {
  const met = await store.spaces.note(config.tenant, CLAIMED_BEFORE);
  const leftMs = Number(met ?? 0) + config.verify.doubtMinutes * 60_000 - now;
  if (leftMs > 0) throw new FormerOwnerError(spaceKey, new Date(now + leftMs), leftMs);
}
