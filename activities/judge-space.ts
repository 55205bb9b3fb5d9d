import { createHash } from 'node:crypto';
import { removalSetText, spaceGuard, tenantGuard } from '../rules/guard';
import type { Blocked } from '../rules/report';
import type { GuardCounts, JudgedCandidate, RemovalSet } from '../store/removals-api';
import type { SpaceRunKey } from '../store/store';
import type { TenantContext } from './context';
import { inStep } from './errors';
import { judgeCandidates } from './judge-candidates';

/**
 * Looks up and judges, part by part, what a space has in Unique and its run did not list. A run whose listing was cut,
 * and the first run of a space, have no evidence: they judge nothing.
 *
 * @returns whether there was anything to judge by
 */
export async function judgeSpace(
  context: TenantContext,
  key: SpaceRunKey,
  now: () => number,
  signal: AbortSignal,
  keep: (judged: readonly JudgedCandidate[]) => Promise<void>,
): Promise<boolean> {
  const { store } = context;
  const row = await store.runs.get(key);
  const spaceId = await knownSpaceId(context, key);
  if (row === undefined || row.truncated || spaceId === undefined) return false;
  await inStep('remove', async () => {
    for await (const candidates of store.removals.candidates(key)) {
      signal.throwIfAborted();
      const judging = { key, spaceId, runStartedAt: row.startedAt, now: now() };
      await keep(await judgeCandidates(context, candidates, judging, signal));
    }
  });
  return true;
}

/** The space's id if an earlier run ingested it into this ledger; a ledger that is new is no ground for removals. */
async function knownSpaceId({ store }: TenantContext, key: SpaceRunKey): Promise<string | undefined> {
  const known = await store.spaces.get(key.tenant, key.spaceKey);
  const listed = await store.manifest.space(key);
  if (known?.knownSince === undefined) return undefined;
  return listed === undefined || listed.spaceId === known.spaceId ? known.spaceId : undefined;
}

/** What the space's own guard says to its removals, under which fingerprint they may be approved. */
export function blockedAlone(
  { config }: TenantContext,
  spaceKey: string,
  { space }: GuardCounts,
  itemKeys: readonly string[],
): Blocked | undefined {
  return blockedFor(spaceGuard(space, config.deletion), { spaceKey, itemKeys, stored: space.stored });
}

/** The same, with the tenant's guard. */
export function blockedBy(
  context: TenantContext,
  spaceKey: string,
  counts: GuardCounts,
  itemKeys: readonly string[],
): Blocked | undefined {
  const { space, tenant, emptiedSpaces } = counts;
  const set = { spaceKey, itemKeys, stored: space.stored };
  return blockedAlone(context, spaceKey, counts, itemKeys) ?? blockedFor(tenantGuard(tenant, emptiedSpaces), set);
}

/** A set that is held back for a reason, if there is one. */
export function blockedFor(
  reason: string | undefined,
  { spaceKey, itemKeys, stored }: RemovalSet,
): Blocked | undefined {
  if (reason === undefined) return undefined;
  const fingerprint = createHash('sha256').update(removalSetText(spaceKey, itemKeys)).digest('hex').slice(0, 12);
  return { fingerprint, reason, deletions: itemKeys.length, stored };
}
