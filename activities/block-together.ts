import { createHash } from 'node:crypto';
import type { BlockedTogether, SpaceReport } from '../rules/report';
import type { Store } from '../store/store';

/**
 * One fingerprint for all that is blocked, kept for as long as the sets behind it: after a label was renamed, say, the
 * removals of hundreds of spaces are right, and nobody approves each of them.
 */
export async function blockTogether(
  store: Store,
  tenant: string,
  spaces: readonly SpaceReport[],
  now: number,
): Promise<BlockedTogether | undefined> {
  const sets = spaces.flatMap(({ blocked }) => blocked ?? []);
  if (sets.length === 0) return undefined;
  const fingerprints = sets.map((set) => set.fingerprint).sort();
  const fingerprint = createHash('sha256')
    .update(['all', ...fingerprints].join('\n'))
    .digest('hex')
    .slice(0, 12);
  await store.removals.keepBlockedGroup(tenant, fingerprint, fingerprints, now);
  return { fingerprint, spaces: sets.length, deletions: sets.reduce((sum, set) => sum + set.deletions, 0) };
}
