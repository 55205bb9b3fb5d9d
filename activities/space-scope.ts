import { spaceExternalId } from '../rules/external-id';
import type { Scope } from '../unique/client';
import type { SpaceOfRun, SpaceRunKey } from '../store/store';
import type { TenantContext } from './context';
import { ROOT_PATH } from './root-scope';

/**
 * The scope that a space's contents belong to: `{root path}/{space key}`, found by its external id before its name,
 * created if need be.
 *
 * @returns its id, which the store remembers, so that a sync without changes makes no call
 */
export async function ensureSpaceScope(
  { config, unique, store }: TenantContext,
  key: SpaceRunKey,
  space: SpaceOfRun,
  signal: AbortSignal,
): Promise<string> {
  const known = await store.spaces.get(key.tenant, key.spaceKey);
  if (known?.scopeId !== undefined && known.spaceId === space.spaceId) return known.scopeId;
  const externalId = spaceExternalId({ tenant: config.tenant, spaceId: space.spaceId, spaceKey: key.spaceKey });
  const [found] = await unique.scopesByExternalId([externalId], signal);
  const scope = found ?? (await createScope());
  await store.spaces.setScope(key.tenant, key.spaceKey, space.spaceId, scope.id);
  return scope.id;

  async function createScope(): Promise<Scope> {
    const rootPath = await store.spaces.note(key.tenant, ROOT_PATH);
    const [created] = await unique.createScopes([`${rootPath ?? ''}/${key.spaceKey}`], signal);
    if (created === undefined)
      throw new Error(`Unique did not create the scope of space ${key.spaceKey}; try again later.`);
    return created.externalId === externalId ? created : unique.setExternalId(created.id, externalId, signal);
  }
}
