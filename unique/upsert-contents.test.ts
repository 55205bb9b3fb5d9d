import {
  ForbiddenScopeError,
  RateLimitedError,
  ResponseShapeError,
  UnauthorizedError,
  UnavailableError,
} from '../http/errors';
import type { ContentUpsert, UniqueClient, UpsertResult } from './client';
import { UniqueRejectedError } from './errors';
import { failureOf, type ReceivedRequest, type ServiceAnswer, withClient } from './test-service';

/** A platform that keeps what is upserted, and fails as a test wishes. */
class Platform {
  readonly ids = new Map<string, string>();
  /** Contents of each request that was carried out, in order. */
  readonly carriedOut: number[] = [];

  constructor(
    private readonly faults: (request: { readonly keys: readonly string[] }) => ServiceAnswer | 'carry out',
  ) {}

  readonly answer = ({ json }: ReceivedRequest): ServiceAnswer => {
    const variables = json['variables'] as Record<string, { readonly key: string }>;
    const fields = [...String(json['query']).matchAll(/(?:(\w+): )?contentUpsert\(input: \$(\w+)/g)];
    const keys = fields.map(([, , input = '']) => variables[input]?.key ?? '');
    const fault = this.faults({ keys });
    if (fault !== 'carry out') return fault;
    this.carriedOut.push(keys.length);
    const data: Record<string, unknown> = {};
    fields.forEach(([, alias = 'contentUpsert'], n) => (data[alias] = this.upsert(keys[n] ?? '')));
    return { json: { data } };
  };

  upsert(key: string) {
    const id = this.ids.get(key) ?? `cont_${this.ids.size}`;
    this.ids.set(key, id);
    return { id, writeUrl: `https://blob.test/${id}?key=${id}&sig=s`, readUrl: `https://blob.test/read/${id}` };
  }
}

const content = (n: number, overrides: Partial<ContentUpsert> = {}): ContentUpsert => ({
  key: `k${n}`,
  title: `Minutes of meeting ${n}`,
  mimeType: 'text/html',
  url: `https://acme.atlassian.net/wiki/spaces/ENG/pages/${n}`,
  byteSize: 10,
  metadata: {},
  scopeId: 'scope_eng',
  ...overrides,
});
const contents = (count: number) => Array.from({ length: count }, (_, n) => content(n));
const ids = (results: readonly UpsertResult[]) => results.map((result) => (result.ok ? result.id : result.error.name));
const expectedIds = (platform: Platform, count: number) => contents(count).map(({ key }) => platform.ids.get(key));

const upsert = (platform: Platform, count: number, work?: (client: UniqueClient) => Promise<unknown>, batchSize = 20) =>
  withClient(
    platform.answer,
    async (client, { received }) => {
      const results = await client.upsertContents(contents(count));
      await work?.(client);
      return { results, requests: received.length };
    },
    { batchSize },
  );

const graphqlError = (message: string, more: object = {}): ServiceAnswer => ({
  json: { errors: [{ message, ...more }] },
});

describe('a batch of contents', () => {
  it('travels in one request and gives one result per content, in order', async () => {
    const platform = new Platform(() => 'carry out');
    const { results, requests } = await upsert(platform, 45);
    expect(ids(results)).toEqual(expectedIds(platform, 45));
    expect(platform.carriedOut).toEqual([20, 20, 5]);
    expect(requests).toBe(3);
  });

  it('B-150 carries everything that the platform wants to know, and the file only when it is finalized', async () => {
    const platform = new Platform(() => 'carry out');
    await withClient(platform.answer, async (client, { received }) => {
      await client.upsertContents([
        content(0, { ingestionConfig: { mode: 'x' } }),
        content(1, { fileUrl: 'https://read/1' }),
      ]);
      expect(received[0]?.headers).toMatchObject({
        'x-service-id': 'confluence-connector',
        'x-company-id': 'company',
        'x-user-id': 'user',
      });
      expect(received[0]?.json['variables']).toEqual({
        sourceOwnerType: 'COMPANY',
        sourceKind: 'ATLASSIAN_CONFLUENCE_CLOUD',
        sourceName: 'https://acme.atlassian.net',
        baseUrl: 'https://acme.atlassian.net',
        storeInternally: true,
        input0: {
          key: 'k0',
          title: 'Minutes of meeting 0',
          mimeType: 'text/html',
          ownerType: 'SCOPE',
          url: 'https://acme.atlassian.net/wiki/spaces/ENG/pages/0',
          byteSize: 10,
          metadata: {},
          ingestionConfig: { mode: 'x' },
        },
        input1: expect.not.objectContaining({ fileUrl: expect.anything() }),
        scopeId0: 'scope_eng',
        scopeId1: 'scope_eng',
        fileUrl1: 'https://read/1',
      });
    });
  });

  it('makes no request when it is empty', async () => {
    expect((await upsert(new Platform(() => 'carry out'), 0)).requests).toBe(0);
  });

  it('of one content each needs no alias', async () => {
    const platform = new Platform(() => 'carry out');
    await withClient(
      platform.answer,
      async (client, { received }) => {
        expect(ids(await client.upsertContents(contents(2)))).toEqual(expectedIds(platform, 2));
        expect(received.map(({ json }) => /c0:/.test(String(json['query'])))).toEqual([false, false]);
      },
      { batchSize: 1 },
    );
  });

  it('fails content by content', async () => {
    const platform: Platform = new Platform(({ keys }) => {
      const data = Object.fromEntries(keys.map((key, n) => [`c${n}`, key === 'k1' ? null : platform.upsert(key)]));
      return { json: { data, errors: [{ message: 'bad key', path: ['c1'], extensions: { code: 'BAD_USER_INPUT' } }] } };
    });
    const { results } = await upsert(platform, 3);
    expect(ids(results)).toEqual(['cont_0', 'UniqueRejectedError', 'cont_1']);
    expect(results[1]).toMatchObject({ error: { code: 'BAD_USER_INPUT', status: 200 } });
  });

  it('reports a content that comes back neither with data nor with an error', async () => {
    const platform: Platform = new Platform(({ keys }) => ({ json: { data: { c0: platform.upsert(keys[0] ?? '') } } }));
    const { results } = await upsert(platform, 2);
    expect(ids(results)).toEqual(['cont_0', 'ResponseShapeError']);
  });

  it('reports a registration without a write URL', async () => {
    const platform = new Platform(() => ({
      json: { data: { contentUpsert: { id: 'x', readUrl: 'https://r', writeUrl: null } } },
    }));
    const { results } = await upsert(platform, 1);
    expect(results[0]).toMatchObject({ ok: false, error: expect.any(ResponseShapeError) });
  });

  it('is sent again one by one when one failure took all data along', async () => {
    const platform = new Platform(({ keys }) => {
      if (!keys.includes('k2')) return 'carry out';
      const path = [keys.length === 1 ? 'contentUpsert' : 'c2'];
      return { json: { data: null, errors: [{ message: 'no such scope', path }] } };
    });
    const { results, requests } = await upsert(platform, 5);
    expect(ids(results)).toEqual(['cont_0', 'cont_1', 'UniqueRejectedError', 'cont_2', 'cont_3']);
    expect(requests).toBe(6);
  });

  it('is sent again one by one when the answer holds nothing at all', async () => {
    const platform = new Platform(({ keys }) => (keys.length > 1 ? { json: { data: null } } : 'carry out'));
    const { results } = await upsert(platform, 3);
    expect(ids(results)).toEqual(expectedIds(platform, 3));
  });
});

describe('a platform that refuses large batches', () => {
  test.each([
    ['by validation', graphqlError('too many fields', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })],
    ['by status 400', { status: 400, json: { errors: [{ message: 'Query is too complex: 40' }] } }],
    [
      'by a complexity rule that Apollo answers with 500',
      { status: 500, json: { errors: [{ message: 'too complex', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] } },
    ],
    ['by size', { status: 413, text: '<html>Request Entity Too Large</html>' }],
    ['by a proxy that answers plain JSON', { status: 400, json: { message: 'no' } }],
  ] as const)('%s gets smaller ones, and is not asked again for more', async (_, refusal) => {
    const platform = new Platform(({ keys }) => (keys.length > 6 ? refusal : 'carry out'));
    const { results, requests } = await upsert(platform, 20, (client) => client.upsertContents(contents(20)));
    expect(ids(results)).toEqual(expectedIds(platform, 20));
    expect(platform.carriedOut).toEqual([5, 5, 5, 5, 5, 5, 5, 5]);
    expect(requests).toBe(2 + 8);
  });

  it('keeps getting large ones when a single bad content was the reason', async () => {
    const platform = new Platform(({ keys }) => (keys.includes('k7') ? graphqlError('invalid value') : 'carry out'));
    const { results } = await upsert(platform, 40);
    expect(ids(results).filter((id) => id === 'UniqueRejectedError')).toHaveLength(1);
    expect(results[7]).toMatchObject({ ok: false });
    expect(platform.carriedOut.at(-1)).toBe(20);
  });
});

describe('a platform that does not work', () => {
  test.each([
    ['is in doubt when the connection breaks', undefined, UnavailableError],
    ['asks to wait', { status: 429, headers: { 'retry-after': '7' }, json: {} }, RateLimitedError],
    [
      'asks to wait by a GraphQL error',
      graphqlError('Too Many Requests', { extensions: { code: '429' } }),
      RateLimitedError,
    ],
    ['answers 502', { status: 502, text: '<html>bad gateway</html>' }, UnavailableError],
    ['refuses the credential', { status: 401, json: {} }, UnauthorizedError],
    [
      'refuses the credential by a GraphQL error',
      graphqlError('no', { extensions: { code: 'UNAUTHENTICATED' } }),
      UnauthorizedError,
    ],
    [
      'refuses the credential by a GraphQL error with 400',
      { status: 400, json: { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] } },
      UnauthorizedError,
    ],
    ['lacks a permission', { status: 403, json: { message: 'Forbidden resource' } }, ForbiddenScopeError],
    ['shows a login page', { text: '<html>Sign in</html>' }, UnauthorizedError],
    ['answers no GraphQL', { json: { message: 'hello' } }, ResponseShapeError],
  ] as const)('fails the whole call at the first request when it %s', async (_, answer, type) => {
    await withClient(
      () => answer,
      async (client, { received }) => {
        const error = await failureOf(client.upsertContents(contents(3)));
        expect(error).toBeInstanceOf(type);
        expect(received).toHaveLength(1);
      },
    );
  });

  it('fails the call when even a single content gets an internal error', async () => {
    await withClient(
      () => ({ status: 500, json: { errors: [{ message: 'database is down' }] } }),
      async (client) => {
        expect(await failureOf(client.upsertContents(contents(4)))).toMatchObject({
          name: 'UnavailableError',
          answered: true,
        });
      },
    );
  });

  it('stops when the caller gives up, with the reason of that', async () => {
    await withClient(
      () => ({ json: {} }),
      async (client, { received }) => {
        const reason = new Error('superseded');
        expect(await failureOf(client.upsertContents(contents(1), AbortSignal.abort(reason)))).toBe(reason);
        expect(received).toHaveLength(0);
      },
    );
  });
});

describe('an error of a content', () => {
  test.each([
    [
      'per field',
      (n: string) => ({
        json: {
          data: { [n]: null },
          errors: [
            {
              message:
                'Minutes of meeting 0 at https://acme.atlassian.net/wiki/spaces/ENG/pages/0 is "Minutes of meeting 0"',
              path: [n],
            },
          ],
        },
      }),
    ],
    [
      'for the request',
      () =>
        graphqlError(
          'Variable "$input0" got invalid value { title: "Minutes of meeting 0", x: 1 }; Minutes of meeting 0',
        ),
    ],
    ['with status 400', () => ({ status: 400, json: { errors: [{ message: 'Minutes of meeting 0' }] } })],
  ] as const)('names no title, address or body: %s', async (_, answer) => {
    await withClient(
      () => answer('contentUpsert'),
      async (client) => {
        const [result] = await client.upsertContents(contents(1));
        if (result === undefined || result.ok) throw new Error('was not refused');
        expect(result.error).toBeInstanceOf(UniqueRejectedError);
        expect(JSON.stringify([result.error.message, result.error])).not.toMatch(/Minutes|atlassian|k0/);
      },
    );
  });
});
