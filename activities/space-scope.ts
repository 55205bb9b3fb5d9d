import { HttpError, RateLimitedError, UnauthorizedError, UnavailableError } from '../http/errors';
import { isOldSpaceExternalId, parseSpaceExternalId, spaceExternalId } from '../rules/external-id';
import type { Scope } from '../unique/client';
import type { SpaceOfRun, SpaceRunKey } from '../store/store';
import type { TenantContext } from './context';
import { SpaceScopeMisplacedError, SpaceScopeTakenError } from './errors';
import { ROOT_PATH } from './root-scope';
import { hasSettledKeys } from './space-keys';

/**
 * The scope that a space's contents belong to: the one that the store remembers, if it still stands; else as
 * {@link ensureSpaceScopes} finds or makes it.
 *
 * @throws {SpaceScopeTakenError} @throws {SpaceScopeMisplacedError}
 */
export async function ensureSpaceScope(
  context: TenantContext,
  key: SpaceRunKey,
  space: SpaceOfRun,
  signal: AbortSignal,
): Promise<void> {
  const known = await context.store.spaces.get(key.tenant, key.spaceKey);
  const isKnown = known?.scopeId !== undefined && known.spaceId === space.spaceId;
  if (isKnown && (await context.unique.scope(known.scopeId, signal)) !== undefined) return;
  const [refusal] = await ensureSpaceScopes(context, [space], signal);
  if (refusal !== undefined) throw refusal;
}

/** Makes the scopes of spaces that the store knows none of, in batches; a space that cannot have one learns why when its turn comes. */
export async function prepareSpaceScopes(
  context: TenantContext,
  spaces: readonly SpaceOfRun[],
  signal: AbortSignal,
): Promise<void> {
  const { config, store } = context;
  const unknown: SpaceOfRun[] = [];
  for (const space of spaces) {
    // A folder's mark also tells which keys were in use before: where that is not settled, it stays as it is.
    const known = await store.spaces.get(config.tenant, space.spaceKey);
    if (known?.scopeId === undefined && (await hasSettledKeys(context, space))) unknown.push(space);
  }
  if (unknown.length < 2) return; // nothing to save
  try {
    await ensureSpaceScopes(context, unknown, signal);
  } catch (error) {
    const isOfAll = [RateLimitedError, UnauthorizedError, UnavailableError].some((of) => error instanceof of);
    if (isOfAll || !(error instanceof HttpError)) throw error;
    context.log.warn({ tenant: config.tenant, reason: error.message }, 'scopes could not be made together');
  }
}

/**
 * Finds the scopes of spaces by their external ids, whatever they are called and wherever they lie, then by name below
 * the root where they carry no mark or an old one; makes those that are missing, access inherited; marks them where the
 * mark differs; and lets the store remember them.
 *
 * Safe to run twice: what was made is found by its name, what was marked by its mark.
 *
 * @returns why spaces got none
 */
async function ensureSpaceScopes(
  { config, unique, store }: TenantContext,
  spaces: readonly SpaceOfRun[],
  signal: AbortSignal,
): Promise<readonly Error[]> {
  const { tenant, ingestion } = config;
  const markOf = ({ spaceId, spaceKey }: SpaceOfRun): string => spaceExternalId({ tenant, spaceId, spaceKey });
  const children = await unique.childScopes(ingestion.scopeId, signal);
  const byMark = new Map(children.map((child) => [child.externalId, child]));
  const elsewhere = spaces.map(markOf).filter((mark) => !byMark.has(mark));
  for (const scope of await unique.scopesByExternalId(elsewhere, signal)) byMark.set(scope.externalId, scope);

  const refusals: Error[] = [];
  const missing: SpaceOfRun[] = [];
  for (const space of spaces) {
    const named = children.filter(({ name }) => name === space.spaceKey);
    const found = byMark.get(markOf(space)) ?? named.find((child) => isFree(child, space));
    if (found !== undefined) await remember(space, found);
    else if (named[0] !== undefined) refusals.push(taken(space, named[0]));
    else missing.push(space);
  }
  const rootPath = (await store.spaces.note(tenant, ROOT_PATH)) ?? '';
  const created = await unique.createScopes(
    missing.map(({ spaceKey }) => `${rootPath}/${spaceKey}`),
    signal,
  );
  for (const [index, space] of missing.entries()) {
    const scope = created[index];
    if (scope === undefined) continue; // the client throws for a gap
    if (scope.parentId !== ingestion.scopeId) {
      refusals.push(new SpaceScopeMisplacedError(space.spaceKey, scope.id, rootPath));
    } else if (isFree(scope, space)) await remember(space, scope);
    else refusals.push(taken(space, scope));
  }
  return refusals;

  function isFree({ externalId }: Scope, space: SpaceOfRun): boolean {
    const { spaceId, spaceKey } = space;
    if (externalId === undefined || isOldSpaceExternalId(externalId, { tenant, spaceId, spaceKey })) return true;
    // Also of a former space that had this key: a key belongs to one space at a time.
    const marked = parseSpaceExternalId(externalId);
    return marked?.tenant === tenant && marked.spaceKey === spaceKey;
  }

  async function remember(space: SpaceOfRun, scope: Scope): Promise<void> {
    const mark = markOf(space);
    if (scope.externalId !== mark) await unique.setExternalId(scope.id, mark, signal);
    await store.spaces.setScope(tenant, space.spaceKey, space.spaceId, scope.id);
  }
}

function taken({ spaceKey }: SpaceOfRun, { id, externalId }: Scope): SpaceScopeTakenError {
  return new SpaceScopeTakenError(spaceKey, id, externalId ?? 'unknown');
}
