import { type Visit, withSandbox } from '../sandbox-fixture';

const SCOPE = 'id name parentId externalId';
const FIND = `query PaginatedScope($skip: Int!, $take: Int!, $where: ScopeWhereInput!) {
  paginatedScope(skip: $skip, take: $take, where: $where) { totalCount nodes { ${SCOPE} } }
}`;
const GENERATE = `mutation Generate($paths: [String!]!, $inheritAccess: Boolean) {
  generateScopesBasedOnPaths(paths: $paths, inheritAccess: $inheritAccess) { ${SCOPE} }
}`;
const GRANT = `mutation Grant($scopeId: String!, $scopeAccesses: [ScopeAccessChangeDto!]!) {
  createScopeAccesses(scopeId: $scopeId, scopeAccesses: $scopeAccesses, applyToSubScopes: false, skipFileAccessPropagation: true)
}`;
const UPDATE = `mutation Update($id: String!, $input: ScopeUpdateInput!) { updateScope(id: $id, input: $input) { ${SCOPE} } }`;
const DELETE = `mutation Delete($scopeId: String!, $recursive: Boolean!) {
  deleteFolder(scopeId: $scopeId, recursive: $recursive) { successFolders { path } failedFolders { id failReason } }
}`;

async function find({ graphql }: Visit, where: object) {
  return (await graphql(FIND, { skip: 0, take: 100, where })).json.data.paginatedScope.nodes;
}

async function grant({ graphql, sandbox }: Visit, scopeId: string) {
  const entityId = sandbox.unique.userId;
  const scopeAccesses = ['MANAGE', 'READ', 'WRITE'].map((accessType) => ({ accessType, entityId, entityType: 'USER' }));
  return graphql(GRANT, { scopeId, scopeAccesses });
}

it('shows a scope only to who was granted access, whom the service can tell', async () => {
  await withSandbox({ flavor: 'cloud' }, async (visit) => {
    const { rootScopeId, parentScopeId, userId } = visit.sandbox.unique;
    const me = await visit.post('/scope-management/graphql', { query: 'query User { me { user { id } } }' });
    expect(me.json.data.me.user.id).toBe(userId);

    expect(await find(visit, { id: { equals: rootScopeId } })).toEqual([]);
    expect((await grant(visit, rootScopeId)).json.data.createScopeAccesses).toBe(true);
    expect(await find(visit, { id: { equals: rootScopeId } })).toEqual([
      { id: rootScopeId, name: 'Confluence', parentId: parentScopeId, externalId: null },
    ]);
  });
});

it('makes scopes by their paths, in order, finds those that exist, and passes access down', async () => {
  await withSandbox({ flavor: 'data-center' }, async (visit) => {
    const { unique } = visit.sandbox;
    await grant(visit, unique.rootScopeId);
    const paths = ['/Knowledge/Confluence/ENG', '/Knowledge/Confluence/HR', '/Knowledge/Confluence/ENG'];
    const made = (await visit.graphql(GENERATE, { paths, inheritAccess: true })).json.data.generateScopesBasedOnPaths;

    expect(made.map(({ name }: { name: string }) => name)).toEqual(['ENG', 'HR', 'ENG']);
    expect(made[0].id).toBe(made[2].id);
    expect(unique.scopePath(made[1].id)).toBe('/Knowledge/Confluence/HR');
    expect(await find(visit, { parentId: { equals: unique.rootScopeId } })).toHaveLength(2);

    const { data } = (await visit.graphql(UPDATE, { id: made[0].id, input: { externalId: 'confc:t:1:ENG' } })).json;
    expect(data.updateScope.externalId).toBe('confc:t:1:ENG');
    expect(await find(visit, { externalId: { in: ['confc:t:1:ENG', 'other'] } })).toHaveLength(1);
    await visit.graphql(UPDATE, { id: made[0].id, input: { externalId: null } });
    expect(unique.scope(made[0].id)?.externalId).toBeUndefined();
  });
});

it('refuses to write where there is no access', async () => {
  await withSandbox({ flavor: 'cloud' }, async (visit) => {
    const { rootScopeId } = visit.sandbox.unique;
    const { json } = await visit.graphql(UPDATE, { id: rootScopeId, input: { externalId: 'x' } });

    expect(json.errors[0]).toMatchObject({ path: ['updateScope'], extensions: { code: 'FORBIDDEN' } });
    expect(json.data.updateScope).toBeNull();
  });
});

it('deletes a folder that is not empty only recursively, with its contents', async () => {
  await withSandbox({ flavor: 'cloud' }, async (visit) => {
    const { unique } = visit.sandbox;
    const space = unique.addScope({ name: 'ENG', parentId: unique.rootScopeId });
    unique.addContent({ key: 'acme/1_ENG/1', scopeId: space.id });
    await grant(visit, space.id);
    const remove = async (recursive: boolean) =>
      (await visit.graphql(DELETE, { scopeId: space.id, recursive })).json.data.deleteFolder;

    expect((await remove(false)).failedFolders).toEqual([{ id: space.id, failReason: 'Folder is not empty' }]);
    expect((await remove(true)).successFolders).toEqual([{ path: '/Knowledge/Confluence/ENG' }]);
    expect(unique.contents()).toEqual([]);
    expect(unique.removals).toMatchObject([{ key: 'acme/1_ENG/1', by: 'deleteFolder' }]);
  });
});

it('moves scopes below another one, never into themselves', async () => {
  await withSandbox({ flavor: 'cloud' }, async (visit) => {
    const { unique } = visit.sandbox;
    const old = unique.addScope({ name: 'Old', parentId: unique.parentScopeId });
    const child = unique.addScope({ name: 'ENG', parentId: old.id });
    for (const id of [old.id, child.id, unique.rootScopeId]) await grant(visit, id);
    const move = (scopeIds: readonly string[], targetScopeId: string) =>
      visit.graphql('mutation ($input: BulkMoveInput!) { bulkMove(input: $input) { scopeIds affectedFiles } }', {
        input: { scopeIds, targetScopeId },
      });

    expect((await move([child.id], unique.rootScopeId)).json.data.bulkMove.scopeIds).toEqual([child.id]);
    expect(unique.scopePath(child.id)).toBe('/Knowledge/Confluence/ENG');
    expect((await move([unique.rootScopeId], child.id)).json.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});
