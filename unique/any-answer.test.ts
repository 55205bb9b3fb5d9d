import fc from 'fast-check';
import { HttpError } from '../http/errors';
import type { UniqueClient } from './client';
import type { ContentUpsert } from './content';
import { type ServiceAnswer, withClient } from './test-service';

/** Whatever the platform answers comes to a result or to one of our errors, within a bounded number of requests. */

const MOST_REQUESTS = 500;

const content = (n: number): ContentUpsert => ({
  key: `t/1_ENG/${n}`,
  title: `Title ${n}`,
  mimeType: 'text/html',
  url: `https://acme.example/${n}`,
  byteSize: 3,
  metadata: { confluenceLabels: [], spaceKey: 'ENG', spaceName: 'Engineering' },
  scopeId: 'scope-1',
});

const id = fc.oneof(fc.constantFrom('1', '2', 'scope-1'), fc.string());
const node = fc.oneof(
  fc.record(
    { id, key: id, ownerId: id, name: id, metadata: fc.jsonValue(), writeUrl: id, readUrl: id },
    { requiredKeys: ['id'] },
  ),
  fc.jsonValue(),
);
const list = fc.record({
  totalCount: fc.oneof(fc.integer(), fc.jsonValue()),
  nodes: fc.oneof(fc.array(node), fc.jsonValue()),
});
/** A full page, which says that there are more for ever. */
const endless = fc.constant({
  totalCount: 1e9,
  nodes: Array.from({ length: 100 }, (_, n) => ({ id: String(n), key: String(n), ownerId: 'o', name: 'n' })),
});
const data = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      contentUpsert: node,
      c0: node,
      c1: node,
      paginatedContent: fc.oneof(list, endless),
      paginatedScope: fc.oneof(list, endless),
      contentDeleteByContentIds: fc.oneof(fc.array(node), fc.jsonValue()),
      statisticsIngestion: fc.record({ counts: fc.jsonValue() }),
      generateScopesBasedOnPaths: fc.oneof(fc.array(node), fc.jsonValue()),
      updateScope: node,
      createScopeAccesses: fc.jsonValue(),
      bulkMove: fc.record({ scopeIds: fc.jsonValue() }),
      deleteFolder: fc.record({ failedFolders: fc.jsonValue() }),
      me: fc.record({ user: node }),
      newFiles: fc.jsonValue(),
      updatedFiles: fc.jsonValue(),
      deletedFiles: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
);
const errors = fc.oneof(
  fc.jsonValue(),
  fc.array(
    fc.record(
      {
        message: fc.oneof(fc.string(), fc.jsonValue()),
        path: fc.oneof(fc.array(fc.constantFrom('c0', 'c1', 'contentUpsert')), fc.jsonValue()),
        extensions: fc.oneof(
          fc.record({ code: fc.constantFrom('UNAUTHENTICATED', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR', 'x') }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    ),
  ),
);
const body = fc.oneof(
  fc.jsonValue(),
  data,
  fc.record({ data, errors }, { requiredKeys: [] }),
  fc.record({ access_token: fc.jsonValue(), expires_in: fc.jsonValue() }, { requiredKeys: [] }),
);
// 429 and 503 pause the whole client, which is another test's matter.
const status = fc.constantFrom(200, 200, 200, 201, 400, 401, 403, 404, 413, 422, 500, 502);
const answer: fc.Arbitrary<ServiceAnswer> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ status, json: body }) },
  { weight: 1, arbitrary: fc.record({ status, text: fc.string() }) },
);

const CALLS: readonly ((client: UniqueClient) => Promise<unknown>)[] = [
  (client) => client.upsertContents([content(0), content(1)]),
  (client) => client.upsertContents([{ ...content(0), fileUrl: 'https://acme.example/read' }]),
  (client) =>
    client.fileDiff({
      partialKey: 't/1_ENG',
      sourceKind: 'ATLASSIAN_CONFLUENCE_CLOUD',
      sourceName: 'x',
      files: () => [{ key: '1', url: 'https://acme.example/1', updatedAt: '' }],
    }),
  (client) => client.contentsByKeyPrefix({ prefix: 't/', skip: 0, take: 100 }),
  (client) => client.countByKeyPrefix('t/'),
  (client) => client.contentsByKeys(['1', '2']),
  (client) => client.deleteContents(['1', '2']),
  (client) => client.ingestionStates('scope-1'),
  (client) => client.scope('scope-1'),
  (client) => client.scopesByExternalId(['confc:t:1:ENG']),
  (client) => client.childScopes('scope-1'),
  (client) => client.grantAccess('scope-1', 'user', ['READ']),
  (client) => client.createScopes(['/A', '/B']),
  (client) => client.setExternalId('scope-1', null),
  (client) => client.moveScopes(['scope-1'], 'scope-2'),
  (client) => client.deleteScope('scope-1', true),
  (client) => client.currentUserId(),
  (client) => client.checkAccess(),
];

test.each(['cluster_local', 'external'] as const)(
  'any answer of the platform is a result or a typed error (%s)',
  async (mode) => {
    let script: readonly ServiceAnswer[] = [];
    let requests = 0;
    const next = (): ServiceAnswer => script[Math.min(++requests, script.length) - 1];
    const options = (url: string) =>
      mode === 'cluster_local'
        ? {}
        : {
            auth: {
              mode,
              oauthTokenUrl: `${url}/token`,
              projectId: () => 'p',
              clientId: 'c',
              clientSecret: () => 's',
            },
          };
    await withClient(
      next,
      async (client) => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(answer, { minLength: 1, maxLength: 4 }),
            fc.constantFrom(...CALLS),
            async (answers, call) => {
              [script, requests] = [answers, 0];
              await call(client).catch((error: unknown) => {
                if (!(error instanceof HttpError)) throw error;
              });
              expect(requests).toBeLessThan(MOST_REQUESTS);
            },
          ),
          { numRuns: 400 },
        );
      },
      options,
    );
  },
  60_000,
);
