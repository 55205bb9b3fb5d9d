import { type StringFilter, satisfies } from './filters';
import type { UniquePlatform } from './platform';
import { refusal } from './refusals';
import type { AccessType, StoredScope } from './scope-tree';
import type { ServiceCall } from './service-call';

interface ScopeWhere {
  readonly id?: StringFilter | null;
  readonly parentId?: StringFilter | null;
  readonly externalId?: StringFilter | null;
  readonly name?: StringFilter | null;
}

/** `paginatedScope`: scopes that the user may read, oldest first; others are left out without a word. */
export function paginatedScope(
  { skip, take, where }: { readonly skip: number; readonly take: number; readonly where: ScopeWhere },
  { platform }: ServiceCall,
): object {
  const found = pool(platform, where).filter(
    (scope) =>
      satisfies(scope.id, where.id) &&
      satisfies(scope.parentId, where.parentId) &&
      satisfies(scope.externalId, where.externalId) &&
      satisfies(scope.name, where.name) &&
      platform.tree.allows(scope.id, platform.userId, 'READ', 'MANAGE'),
  );
  return { totalCount: found.length, nodes: found.slice(skip, skip + take) };
}

/** `generateScopesBasedOnPaths`: one scope a path, in the same order; those that exist are found by their names. */
export function generateScopesBasedOnPaths(
  { paths, inheritAccess }: { readonly paths: readonly string[]; readonly inheritAccess?: boolean | null },
  { platform }: ServiceCall,
): readonly StoredScope[] {
  return paths.map((path) => {
    const names = path.split('/').slice(1);
    if (!path.startsWith('/') || names.includes('')) throw refusal('BAD_USER_INPUT', `Invalid path: ${path}`);
    return names.reduce<StoredScope | undefined>((parent, name) => {
      const known = platform.tree.childrenOf(parent?.id).find((child) => child.name === name);
      return known ?? addBelow(platform, parent, name, inheritAccess ?? false);
    }, undefined) as StoredScope;
  });
}

/** `updateScope`: external id (null clears it), name, or parent. */
export function updateScope(
  values: {
    readonly id: string;
    readonly input: {
      readonly externalId?: string | null;
      readonly name?: string | null;
      readonly parrentScope?: { readonly connect?: { readonly id: string } | null } | null;
    };
  },
  { platform }: ServiceCall,
): StoredScope {
  const { id, input } = values;
  requireAccess(platform, id, 'WRITE', 'MANAGE');
  const parentId = input.parrentScope?.connect?.id;
  if (parentId !== undefined) requireMovable(platform, id, parentId);
  const changed = platform.tree.change(id, {
    ...(input.externalId === undefined ? {} : { externalId: input.externalId ?? undefined }),
    ...(input.name ? { name: input.name } : {}),
    ...(parentId === undefined ? {} : { parentId }),
  });
  return changed as StoredScope;
}

/** `createScopeAccesses`; a service user may grant itself what it needs. */
export function createScopeAccesses(
  values: {
    readonly scopeId: string;
    readonly scopeAccesses: readonly { readonly accessType: AccessType; readonly entityId: string }[];
    readonly applyToSubScopes?: boolean | null;
  },
  { platform }: ServiceCall,
): boolean {
  const { scopeId, scopeAccesses, applyToSubScopes } = values;
  if (!platform.tree.get(scopeId)) throw refusal('NOT_FOUND', `Scope ${scopeId} was not found.`);
  const targets = applyToSubScopes ? [scopeId, ...below(platform, scopeId).map(({ id }) => id)] : [scopeId];
  for (const target of targets) {
    for (const { accessType, entityId } of scopeAccesses) platform.tree.grant(target, entityId, accessType);
  }
  return true;
}

/** `bulkMove`: scopes with all that is in them, below another one. */
export function bulkMove(
  { input }: { readonly input: { readonly scopeIds: readonly string[]; readonly targetScopeId: string } },
  { platform }: ServiceCall,
): object {
  const { scopeIds, targetScopeId } = input;
  for (const id of scopeIds) requireMovable(platform, id, targetScopeId);
  for (const id of scopeIds) platform.tree.change(id, { parentId: targetScopeId });
  const moved = scopeIds.flatMap((id) => [id, ...below(platform, id).map((scope) => scope.id)]);
  const affectedFiles = moved.reduce((sum, id) => sum + [...platform.store.idsInScope(id)].length, 0);
  return { scopeIds, asyncMetadataRebuild: false, jobId: null, affectedFiles, message: null };
}

/** `deleteFolder`: not recursively only when nothing lies in it; what cannot be deleted is named with the reason. */
export function deleteFolder(
  { scopeId, recursive }: { readonly scopeId: string; readonly recursive: boolean },
  { platform }: ServiceCall,
): object {
  const scope = platform.tree.get(scopeId);
  if (!scope) throw refusal('NOT_FOUND', `Scope ${scopeId} was not found.`);
  requireAccess(platform, scopeId, 'MANAGE');
  const { name } = scope;
  const path = platform.tree.path(scopeId);
  const inside = below(platform, scopeId);
  if (!recursive && (inside.length > 0 || hasContents(platform, scopeId))) {
    return { successFolders: [], failedFolders: [{ id: scopeId, name, path, failReason: 'Folder is not empty' }] };
  }
  const successFolders = [scope, ...inside].map(({ id, name: own }) => ({
    id,
    name: own,
    path: platform.tree.path(id),
  }));
  platform.removeScope(scopeId);
  return { successFolders, failedFolders: [] };
}

function addBelow(
  platform: UniquePlatform,
  parent: StoredScope | undefined,
  name: string,
  inheritAccess: boolean,
): StoredScope {
  if (parent) requireAccess(platform, parent.id, 'WRITE', 'MANAGE');
  const scope = platform.tree.add({ name, parentId: parent?.id });
  if (parent && inheritAccess) platform.tree.copyAccesses(parent.id, scope.id);
  else platform.grant(scope.id, 'MANAGE', 'READ', 'WRITE');
  return scope;
}

function pool(platform: UniquePlatform, { id, parentId }: ScopeWhere): readonly StoredScope[] {
  if (id?.equals) return [platform.tree.get(id.equals)].filter((scope) => scope !== undefined);
  if (parentId?.equals) return platform.tree.childrenOf(parentId.equals);
  return [...platform.tree.all()];
}

function below(platform: UniquePlatform, scopeId: string): readonly StoredScope[] {
  return platform.tree.childrenOf(scopeId).flatMap((child) => [child, ...below(platform, child.id)]);
}

function hasContents(platform: UniquePlatform, scopeId: string): boolean {
  return !platform.store.idsInScope(scopeId)[Symbol.iterator]().next().done;
}

function requireMovable(platform: UniquePlatform, id: string, targetId: string): void {
  requireAccess(platform, id, 'WRITE', 'MANAGE');
  requireAccess(platform, targetId, 'WRITE', 'MANAGE');
  if (platform.tree.isWithin(targetId, id)) throw refusal('BAD_USER_INPUT', 'A scope cannot be moved into itself.');
}

function requireAccess(platform: UniquePlatform, scopeId: string, ...types: readonly AccessType[]): void {
  if (!platform.tree.get(scopeId)) throw refusal('NOT_FOUND', `Scope ${scopeId} was not found.`);
  if (!platform.tree.allows(scopeId, platform.userId, ...types)) {
    throw refusal('FORBIDDEN', `User has no ${types[0]} access to scope ${scopeId}.`);
  }
}
