import { withSandbox } from '../sandbox-fixture';

const PATH = '/ingestion/v2/content/file-diff';
const PAST = '2020-01-01T00:00:00.000Z';
const FUTURE = '2099-01-01T00:00:00.000+02:00';

const request = (fileList: readonly object[], partialKey = 'acme/1_ENG') => ({
  partialKey,
  sourceKind: 'ATLASSIAN_CONFLUENCE_CLOUD',
  sourceName: 'http://x',
  fileList,
});
const file = (key: string, updatedAt: string) => ({ key, url: `u/${key}`, updatedAt });

it('tells new, updated and deleted items apart, by keys below the partial key alone', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ post, sandbox }) => {
    const { unique } = sandbox;
    for (const key of ['1', '2', '2::att3', '4', '5']) {
      unique.addContent({ key: `acme/1_ENG/${key}`, scopeId: unique.rootScopeId });
    }
    unique.addContent({ key: 'acme/1_ENG2/9', scopeId: unique.rootScopeId });
    const items = [file('1', PAST), file('2', FUTURE), file('2::att3', ''), file('6', PAST)];
    const { status, json } = await post(PATH, request(items));

    expect(status).toBe(201);
    expect(json).toEqual({ newFiles: ['6'], updatedFiles: ['2'], movedFiles: [], deletedFiles: ['4', '5'] });
  });
});

it('calls a content up to date that was registered and never finalized', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ graphql, post, sandbox }) => {
    const { unique } = sandbox;
    unique.grant(unique.rootScopeId, 'WRITE');
    await graphql(
      'mutation ($input: ContentCreateInput!, $scopeId: String) { contentUpsert(input: $input, scopeId: $scopeId) { id } }',
      { input: { key: 'acme/1_ENG/1', title: 't', mimeType: 'm', ownerType: 'SCOPE' }, scopeId: unique.rootScopeId },
    );

    expect((await post(PATH, request([file('1', PAST)]))).json).toMatchObject({ newFiles: [], updatedFiles: [] });
  });
});

it('takes a list of a hundred thousand items', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ post }) => {
    const items = Array.from({ length: 100_000 }, (_, index) => file(String(index), PAST));

    expect((await post(PATH, request(items))).json.newFiles).toHaveLength(100_000);
  });
});

it('refuses a request that is not complete, and one without a credential', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ post, sandbox }) => {
    const reply = await post(PATH, { partialKey: 'acme/1_ENG', fileList: [{ key: '1' }] });

    expect([reply.status, reply.json.error]).toEqual([400, 'Bad Request']);
    expect((await fetch(sandbox.uniqueUrl + PATH, { method: 'POST', body: '{}' })).status).toBe(401);
  });
});
