import { z } from 'zod';
import { ResponseShapeError } from '../http/errors';
import { allPages } from './all-pages';
import { UniqueRejectedError } from './errors';
import type { GraphqlEndpoint } from './graphql';
import { inParts } from './in-parts';
import { safeMessage } from './safe-message';
import type { AccessType, Scope, ScopeDeletion } from './scope';

const SCOPES_A_PAGE = 100;
const PATHS_A_CALL = 100;
/** Moving and deleting whole trees is done before the answer comes. */
const LONG_WORK_MS = 120_000;

const SCOPE_FIELDS = 'id name parentId externalId';

const PAGINATED_SCOPE = `query PaginatedScope($skip: Int!, $take: Int!, $where: ScopeWhereInput!) {
  paginatedScope(skip: $skip, take: $take, where: $where) { totalCount nodes { ${SCOPE_FIELDS} } }
}`;
const GENERATE_SCOPES = `mutation GenerateScopesBasedOnPaths($paths: [String!]!, $inheritAccess: Boolean) {
  generateScopesBasedOnPaths(paths: $paths, inheritAccess: $inheritAccess) { ${SCOPE_FIELDS} }
}`;
const UPDATE_SCOPE = `mutation UpdateScope($id: String!, $input: ScopeUpdateInput!) {
  updateScope(id: $id, input: $input) { ${SCOPE_FIELDS} }
}`;
const CREATE_SCOPE_ACCESSES = `mutation CreateScopeAccesses($scopeAccesses: [ScopeAccessChangeDto!]!, $scopeId: String!, $applyToSubScopes: Boolean, $skipFileAccessPropagation: Boolean) {
  createScopeAccesses(scopeAccesses: $scopeAccesses, scopeId: $scopeId, applyToSubScopes: $applyToSubScopes, skipFileAccessPropagation: $skipFileAccessPropagation)
}`;
const BULK_MOVE = `mutation BulkMove($input: BulkMoveInput!) { bulkMove(input: $input) { scopeIds } }`;
const DELETE_FOLDER = `mutation DeleteFolder($scopeId: String!, $recursive: Boolean!) {
  deleteFolder(scopeId: $scopeId, recursive: $recursive) { successFolders { id } failedFolders { id failReason } }
}`;

const scopeNode = z
  .object({ id: z.string(), name: z.string(), parentId: z.string().nullish(), externalId: z.string().nullish() })
  .transform(({ id, name, parentId, externalId }): Scope => ({
    id,
    name,
    // An empty text is how some versions say "none".
    ...(parentId ? { parentId } : {}),
    ...(externalId ? { externalId } : {}),
  }));
const paginatedScope = z.object({
  paginatedScope: z.object({ totalCount: z.number(), nodes: z.array(scopeNode) }),
});
const generatedScopes = z.object({ generateScopesBasedOnPaths: z.array(scopeNode.nullable()) });
const updatedScope = z.object({ updateScope: scopeNode });
const createdAccesses = z.object({ createScopeAccesses: z.boolean() });
const moved = z.object({ bulkMove: z.object({ scopeIds: z.array(z.string()).nullish() }) });
const deletedFolder = z.object({
  deleteFolder: z.object({ failedFolders: z.array(z.object({ id: z.string(), failReason: z.string().nullish() })) }),
});

/** Scope calls of the ingestion service, which took them over from scope management. */
export class Scopes {
  constructor(private readonly graphql: GraphqlEndpoint) {}

  async byId(id: string, signal: AbortSignal | undefined): Promise<Scope | undefined> {
    const [scope] = await this.page({ id: { equals: id } }, 0, 1, signal).then(({ nodes }) => nodes);
    return scope;
  }

  async byExternalIds(externalIds: readonly string[], signal: AbortSignal | undefined): Promise<readonly Scope[]> {
    const found = [];
    for (const part of inParts(externalIds, SCOPES_A_PAGE)) {
      found.push(...(await this.all({ externalId: { in: part } }, signal)));
    }
    return found;
  }

  async children(parentId: string, signal: AbortSignal | undefined): Promise<readonly Scope[]> {
    return this.all({ parentId: { equals: parentId } }, signal);
  }

  async create(paths: readonly string[], signal: AbortSignal | undefined): Promise<readonly Scope[]> {
    const created = [];
    for (const part of inParts(paths, PATHS_A_CALL)) created.push(...(await this.createPart(part, signal)));
    return created;
  }

  async setExternalId(id: string, externalId: string | null, signal: AbortSignal | undefined): Promise<Scope> {
    const variables = { id, input: { externalId } };
    const call = { operation: 'UpdateScope', document: UPDATE_SCOPE, variables, signal };
    return (await this.graphql.call(call, updatedScope)).updateScope;
  }

  async grant(
    scopeId: string,
    userId: string,
    access: readonly AccessType[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const scopeAccesses = access.map((accessType) => ({ accessType, entityId: userId, entityType: 'USER' }));
    const variables = { scopeId, scopeAccesses, applyToSubScopes: false, skipFileAccessPropagation: true };
    const call = { operation: 'CreateScopeAccesses', document: CREATE_SCOPE_ACCESSES, variables, signal };
    const { createScopeAccesses } = await this.graphql.call(call, createdAccesses);
    if (!createScopeAccesses) {
      const exchange = this.graphql.exchangeOf(call.operation);
      throw new UniqueRejectedError(`access to scope ${scopeId} was not granted`, exchange);
    }
  }

  async move(scopeIds: readonly string[], targetScopeId: string, signal: AbortSignal | undefined): Promise<void> {
    if (scopeIds.length === 0) return;
    const variables = { input: { scopeIds, targetScopeId } };
    const call = { operation: 'BulkMove', document: BULK_MOVE, variables, signal, headersMs: LONG_WORK_MS };
    const { bulkMove } = await this.graphql.call(call, moved);
    const left = bulkMove.scopeIds ? scopeIds.filter((id) => !bulkMove.scopeIds?.includes(id)) : [];
    if (left.length > 0) {
      const reason = `${left.length} of ${scopeIds.length} scopes were not moved, the first is ${left[0] ?? ''}`;
      throw new UniqueRejectedError(reason, this.graphql.exchangeOf(call.operation));
    }
  }

  async delete(scopeId: string, recursive: boolean, signal: AbortSignal | undefined): Promise<ScopeDeletion> {
    const call = {
      operation: 'DeleteFolder',
      document: DELETE_FOLDER,
      variables: { scopeId, recursive },
      signal,
      headersMs: LONG_WORK_MS,
    };
    const { failedFolders } = (await this.graphql.call(call, deletedFolder)).deleteFolder;
    return {
      failed: failedFolders.map(({ id, failReason }) => ({ id, reason: safeMessage(failReason ?? 'no reason given') })),
    };
  }

  private async all(where: object, signal: AbortSignal | undefined): Promise<readonly Scope[]> {
    const fetchPage = (skip: number) => this.page(where, skip, SCOPES_A_PAGE, signal);
    return allPages(SCOPES_A_PAGE, fetchPage, this.graphql.exchangeOf('PaginatedScope'));
  }

  private async page(where: object, skip: number, take: number, signal: AbortSignal | undefined) {
    const call = { operation: 'PaginatedScope', document: PAGINATED_SCOPE, variables: { skip, take, where }, signal };
    return (await this.graphql.call(call, paginatedScope)).paginatedScope;
  }

  /** The answer is tied to the request by its order alone, so a gap or a swap would give a space another one's scope. */
  private async createPart(paths: readonly string[], signal: AbortSignal | undefined): Promise<readonly Scope[]> {
    const variables = { paths, inheritAccess: true };
    const call = { operation: 'GenerateScopesBasedOnPaths', document: GENERATE_SCOPES, variables, signal };
    const { generateScopesBasedOnPaths: scopes } = await this.graphql.call(call, generatedScopes);
    const issues = paths.flatMap((path, index) => {
      const scope = scopes[index];
      if (!scope) return [`generateScopesBasedOnPaths.${index}: missing`];
      return scope.name === lastName(path)
        ? []
        : [`generateScopesBasedOnPaths.${index}: not the scope of the path asked for`];
    });
    if (scopes.length > paths.length)
      issues.push(`generateScopesBasedOnPaths: ${scopes.length} scopes for ${paths.length} paths`);
    if (issues.length > 0) throw new ResponseShapeError(issues, this.graphql.exchangeOf(call.operation));
    return scopes.filter((scope) => scope !== null);
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
