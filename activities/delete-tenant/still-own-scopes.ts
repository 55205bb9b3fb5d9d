import { parseSpaceExternalId } from '../../rules/external-id';
import type { Scope } from '../../unique/client';
import type { TenantContext } from '../context';
import type { SpacePlace } from '../contract';

/** Those of the scopes that are still there, in the root scope and with the tenant's mark: a person may have taken one over. */
export async function stillOwnScopes(
  { config, unique }: TenantContext,
  places: readonly SpacePlace[],
  signal: AbortSignal,
): Promise<readonly Scope[]> {
  const scopes: Scope[] = [];
  for (const { scopeId } of places) {
    const scope = scopeId === undefined ? undefined : await unique.scope(scopeId, signal);
    const isOwn = parseSpaceExternalId(scope?.externalId)?.tenant === config.tenant;
    if (scope !== undefined && isOwn && scope.parentId === config.ingestion.scopeId) scopes.push(scope);
  }
  return scopes;
}
