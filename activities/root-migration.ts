import { parseSpaceExternalId } from '../rules/external-id';
import type { TenantConfig } from '../config/tenant';
import type { Scope, UniqueClient } from '../unique/client';
import { FormerRootOfOtherTenantError } from './errors';

/** Moves of large folders take long: a few at a time, so that one that dies has moved some. */
const SCOPES_A_MOVE = 20;

/** Roots that carry our mark beside the one that the tenant file names now: those of an earlier `ingestion.scopeId`. */
export async function formerRoots(
  unique: UniqueClient,
  root: Scope,
  mark: string,
  signal: AbortSignal,
): Promise<readonly Scope[]> {
  return (await unique.scopesByExternalId([mark], signal)).filter(({ id }) => id !== root.id);
}

/**
 * Brings the tenant's space scopes from a former root to the new one, and takes the mark off the former. That stays,
 * with whatever else lies in it: a person made it (W-24).
 *
 * Safe to run twice, and from wherever it broke off: the former root keeps its mark until all that is ours has left it,
 * and the new one gets it last, so that every run in between finds both and moves what is left. Scope ids do not change,
 * so nothing is ingested again.
 *
 * @throws {FormerRootOfOtherTenantError} before anything is moved
 */
export async function leaveFormerRoot(
  { tenant }: TenantConfig,
  unique: UniqueClient,
  former: Scope,
  root: Scope,
  signal: AbortSignal,
): Promise<void> {
  const ours: string[] = [];
  for (const child of await unique.childScopes(former.id, signal)) {
    const space = parseSpaceExternalId(child.externalId);
    if (space?.tenant === tenant) ours.push(child.id);
    // Left behind, that tenant's contents would be out of sight, and everything would be ingested a second time.
    else if (space !== undefined) throw new FormerRootOfOtherTenantError(former.id, root.id, space.tenant, tenant);
  }
  for (let from = 0; from < ours.length; from += SCOPES_A_MOVE) {
    await unique.moveScopes(ours.slice(from, from + SCOPES_A_MOVE), root.id, signal);
  }
  await unique.setExternalId(former.id, null, signal);
}
