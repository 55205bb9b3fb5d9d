import { spaceExternalId } from '../rules/external-id';
import type { UniqueClient } from '../unique/client';
import type { SpaceInput } from './contract';
import type { TenantContext } from './context';
import { keysOfLedger } from './space-keys';

/**
 * Removes the scope of a space that is gone, if it is ours and nothing is left: neither in the ledger, nor below our
 * keys, nor contents or scopes of somebody else. What the platform does not remove is reported, and tried again by the
 * next run; a scope that somebody else uses stays for good.
 *
 * Safe to run twice: a scope that is gone is not found again.
 */
export async function retireScope(
  context: TenantContext,
  key: SpaceInput,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const { config, store, unique } = context;
  const { tenant, spaceKey } = key;
  const known = await store.spaces.get(tenant, spaceKey);
  if (known === undefined) return;
  const left = await store.ledger.count(tenant, spaceKey);
  if (left.finalized + left.unfinished > 0) return;
  const space = { tenant: config.tenant, spaceId: known.spaceId, spaceKey };
  const prefix = `${(await keysOfLedger(context, spaceKey))(known.spaceId)}/`;
  if ((await unique.countByKeyPrefix(prefix, signal)) > 0) return;
  const [scope] = await unique.scopesByExternalId([spaceExternalId(space)], signal);
  if (scope !== undefined && scope.id !== config.ingestion.scopeId) {
    const refusal = (await isUsed(unique, scope.id, signal)) ? undefined : await remove(unique, scope.id, signal);
    if (refusal !== undefined) {
      const message = `Unique did not remove the empty scope ${scope.id} of the space: ${refusal}. The next sync tries it once more.`;
      await store.runs.recordFailures(key, [{ spaceKey, itemKey: '', step: 'scope', message }], now);
      return;
    }
  }
  await store.spaces.forget(tenant, spaceKey);
}

/** Whether somebody else has something in it; what cannot be read may be somebody's. */
async function isUsed(unique: UniqueClient, scopeId: string, signal: AbortSignal): Promise<boolean> {
  const states = await unique.ingestionStates(scopeId, signal);
  if (states === undefined || [...states.values()].some((contents) => contents > 0)) return true;
  return (await unique.childScopes(scopeId, signal)).length > 0;
}

/** @returns why the platform did not do it, if so */
async function remove(unique: UniqueClient, scopeId: string, signal: AbortSignal): Promise<string | undefined> {
  const { failed } = await unique.deleteScope(scopeId, false, signal);
  return failed[0]?.reason;
}
