import { type Visit, withSandbox } from '../sandbox-fixture';

const PAGE = `query PaginatedContent($skip: Int!, $take: Int!, $where: ContentWhereInput) {
  paginatedContent(skip: $skip, take: $take, where: $where) { nodes { id key ownerId ownerType ingestionState metadata } totalCount }
}`;

/** Two spaces with five contents each, and one of somebody else in a scope that may not be read. */
async function withContents(test: (visit: Visit, ids: readonly string[]) => Promise<void>): Promise<void> {
  await withSandbox({ flavor: 'cloud' }, async (visit) => {
    const { unique } = visit.sandbox;
    const secret = unique.addScope({ name: 'Secret' });
    for (const space of ['1_A', '2_B']) {
      const { id } = unique.addScope({ name: space, parentId: unique.rootScopeId });
      unique.grant(id, 'READ', 'WRITE');
      for (let page = 0; page < 5; page += 1) unique.addContent({ key: `t/${space}/${page}`, scopeId: id });
    }
    unique.addContent({ key: 't/1_A/secret', scopeId: secret.id });
    await test(
      visit,
      unique.contents().map(({ id }) => id),
    );
  });
}

it('pages through the contents of a prefix, a list of keys or a scope, and counts them', async () => {
  await withContents(async ({ graphql, sandbox }) => {
    const ask = async (where: object, skip = 0, take = 100) => {
      const { nodes, totalCount } = (await graphql(PAGE, { skip, take, where })).json.data.paginatedContent;
      return [totalCount, nodes.map(({ key }: { key: string }) => key)];
    };
    const scopeId = sandbox.unique.contentByKey('t/2_B/0')?.scopeId ?? '';

    expect(await ask({ key: { startsWith: 't/1_A/' } }, 3, 100)).toEqual([5, ['t/1_A/3', 't/1_A/4']]);
    expect(await ask({ key: { startsWith: 't/' } }, 0, 0)).toEqual([10, []]);
    expect(await ask({ key: { startsWith: 't/2_B/1' } })).toEqual([1, ['t/2_B/1']]);
    expect(await ask({ key: { in: ['t/2_B/4', 'nobody', 't/1_A/secret'] } })).toEqual([1, ['t/2_B/4']]);
    expect(await ask({ ownerId: { equals: scopeId }, ownerType: { equals: 'SCOPE' } }, 4)).toEqual([5, ['t/2_B/4']]);
    sandbox.unique.addContent({ key: 't/1_A/5', scopeId: sandbox.unique.contentByKey('t/1_A/0')?.scopeId ?? '' });
    expect((await ask({ key: { startsWith: 't/1_A/' } }))[0]).toBe(6);
  });
});

it('deletes what it may and answers only that', async () => {
  await withContents(async ({ graphql, sandbox }, ids) => {
    const secret = sandbox.unique.contentByKey('t/1_A/secret')?.id;
    const { data } = (
      await graphql('mutation ($ids: [String!]!) { contentDeleteByContentIds(contentIds: $ids) { id } }', {
        ids: [ids[0], secret, 'nobody'],
      })
    ).json;

    expect(data.contentDeleteByContentIds).toEqual([{ id: ids[0] }]);
    expect(sandbox.unique.removals).toMatchObject([{ key: 't/1_A/0', by: 'contentDeleteByContentIds' }]);
    expect(sandbox.unique.contentByKey('t/1_A/secret')).toBeDefined();
  });
});

it('moves a content to another scope by updating it', async () => {
  await withContents(async ({ graphql, sandbox }, ids) => {
    const ownerId = sandbox.unique.contentByKey('t/2_B/0')?.scopeId;
    await graphql(
      'mutation ($id: String!, $ownerId: String, $input: ContentUpdateInput!) { contentUpdate(contentId: $id, ownerId: $ownerId, input: $input) { id ownerId } }',
      { id: ids[0], ownerId, input: { url: 'new' } },
    );

    expect(sandbox.unique.contentByKey('t/1_A/0')).toMatchObject({ scopeId: ownerId, url: 'new' });
  });
});

it('answers a probe to who is known, and 401 to others', async () => {
  await withSandbox({ flavor: 'data-center' }, async ({ graphql, sandbox }) => {
    expect((await graphql('{ __typename }')).json).toEqual({ data: { __typename: 'Query' } });
    const headers = { 'x-service-id': 'confluence-connector', 'x-company-id': 'other', 'x-user-id': 'other' };
    const reply = await fetch(`${sandbox.uniqueUrl}/ingestion/graphql`, { method: 'POST', headers, body: '{}' });
    expect([reply.status, await reply.json()]).toEqual([401, { message: 'Unauthorized', statusCode: 401 }]);
  });
});

it('lets tokens of the identity provider expire', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ graphql, sandbox }) => {
    expect((await graphql('{ __typename }')).status).toBe(200);
    sandbox.unique.clock.shift(3_600_001);
    expect((await graphql('{ __typename }')).status).toBe(401);
  });
});
