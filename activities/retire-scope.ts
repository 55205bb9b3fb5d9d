import { partialKey } from '../rules/content-key';
import { spaceExternalId } from '../rules/external-id';
import type { SpaceInput } from './contract';
import type { TenantContext } from './context';

/**
 * Removes the scope of a space that is gone, if it is ours and nothing is left: neither in the ledger, nor below our
 * keys, nor contents or scopes of somebody else. What the platform does not remove is reported.
 *
 * Safe to run twice: a scope that is gone is not found again.
 */
export async function retireScope(
  { config, store, unique }: TenantContext,
  key: SpaceInput,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const { tenant, spaceKey } = key;
  const known = await store.spaces.get(tenant, spaceKey);
  if (known === undefined) return;
  const left = await store.ledger.count(tenant, spaceKey);
  if (left.finalized + left.unfinished > 0) return;
  const space = { tenant: config.tenant, spaceId: known.spaceId, spaceKey };
  const prefix = `${partialKey(space, config.ingestion.useV1KeyFormat)}/`;
  if ((await unique.countByKeyPrefix(prefix, signal)) > 0) return;
  const [scope] = await unique.scopesByExternalId([spaceExternalId(space)], signal);
  if (scope !== undefined && scope.id !== config.ingestion.scopeId) {
    const states = await unique.ingestionStates(scope.id, signal);
    // What cannot be read may be somebody's.
    const foreign = states === undefined || [...states.values()].some((contents) => contents > 0);
    if (foreign || (await unique.childScopes(scope.id, signal)).length > 0) return;
    const { failed } = await unique.deleteScope(scope.id, false, signal);
    const [first] = failed;
    if (first !== undefined) {
      const message = `Unique did not remove the empty scope ${first.id} of the space: ${first.reason}. The next sync tries it once more.`;
      await store.runs.recordFailures(key, [{ spaceKey, itemKey: '', step: 'scope', message }], now);
      return;
    }
  }
  await store.spaces.forget(tenant, spaceKey);
}
