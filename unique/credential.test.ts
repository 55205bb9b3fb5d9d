import { countRequests } from '../http/request-counts';
import { ResponseShapeError, UnauthorizedError } from '../http/errors';
import type { UniqueClient, UniqueOptions } from './client';
import { failureOf, type ReceivedRequest, type ServiceAnswer, withClient } from './test-service';

const external = (url: string): Partial<UniqueOptions> => ({
  auth: {
    mode: 'external',
    oauthTokenUrl: `${url}/oauth/v2/token`,
    projectId: () => '4711',
    clientId: 'syncspace',
    clientSecret: () => 'pä:ss',
  },
});
const ME: ServiceAnswer = { json: { data: { me: { user: { id: 'user_1' } } } } };
const isToken = ({ path }: ReceivedRequest) => path === '/oauth/v2/token';

/** A platform that gives tokens `t1`, `t2`, …, and answers only to those that `accepts` lets pass. */
function withPlatform(
  work: (client: UniqueClient, received: readonly ReceivedRequest[]) => Promise<void>,
  accepts: (token: string) => ServiceAnswer | true = () => true,
  token: (n: number) => ServiceAnswer = (n) => ({ json: { access_token: `t${n}`, expires_in: 3600 } }),
) {
  let given = 0;
  return withClient(
    (request) => {
      if (isToken(request)) return token(++given);
      const accepted = accepts(String(request.headers.authorization));
      return accepted === true ? ME : accepted;
    },
    (client, { received }) => work(client, received),
    external,
  );
}

describe('a client outside the cluster', () => {
  it('B-244 asks for a token the way Zitadel wants it', async () => {
    await withPlatform(async (client, received) => {
      await client.currentUserId();
      const [request] = received.filter(isToken);
      expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('syncspace:pä:ss').toString('base64')}`);
      expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
      expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toEqual({
        grant_type: 'client_credentials',
        scope:
          'openid profile email urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:projects:roles urn:zitadel:iam:org:project:id:4711:aud',
      });
    });
  });

  it('asks once, however many calls begin together, and counts it nowhere', async () => {
    await withPlatform(async (client, received) => {
      const counts = await countRequests(async (counts) => {
        await Promise.all([
          client.currentUserId(),
          client.currentUserId(),
          client.countByKeyPrefix('a').catch(() => 0),
        ]);
        return counts();
      });
      expect(received.filter(isToken)).toHaveLength(1);
      expect(counts).toEqual({ confluence: 0, unique: 3, downloads: 0, uploads: 0 });
    });
  });

  test.each([
    ['401', { status: 401, json: {} }],
    ['a GraphQL error', { json: { errors: [{ message: 'expired', extensions: { code: 'UNAUTHENTICATED' } }] } }],
    [
      'a GraphQL error with 400',
      { status: 400, json: { errors: [{ message: 'expired', extensions: { code: 'UNAUTHENTICATED' } }] } },
    ],
  ] as const)('B-244 W-35 gets a new token when the old one is refused with %s', async (_, refusal) => {
    await withPlatform(
      async (client, received) => {
        expect(await client.currentUserId()).toBe('user_1');
        expect(received.filter(isToken)).toHaveLength(2);
      },
      (token) => (token === 'Bearer t1' ? refusal : true),
    );
  });

  test.each([
    ['401', { status: 401, json: {} }],
    ['a GraphQL error', { json: { errors: [{ message: 'who', extensions: { code: 'UNAUTHENTICATED' } }] } }],
  ] as const)('gives up when the new token is refused with %s, too', async (_, refusal) => {
    await withPlatform(
      async (client, received) => {
        expect(await failureOf(client.currentUserId())).toBeInstanceOf(UnauthorizedError);
        expect(received.filter(isToken)).toHaveLength(2);
      },
      () => refusal,
    );
  });

  it('sends a file diff anew with the new token', async () => {
    const none = { newFiles: [], updatedFiles: [], movedFiles: [], deletedFiles: [] };
    await withPlatform(
      async (client, received) => {
        const files = () => [{ key: '1', url: 'u', updatedAt: '2026-11-01T10:00:00.000Z' }];
        await client.fileDiff({ partialKey: 'p', sourceKind: 'ATLASSIAN_CONFLUENCE_CLOUD', sourceName: 's', files });
        expect(received.filter(({ path }) => path === '/v2/content/file-diff').map(({ body }) => body.length)).toEqual([
          expect.any(Number),
          received.at(-1)?.body.length,
        ]);
      },
      (token) => (token === 'Bearer t1' ? { status: 401, json: {} } : { json: none }),
    );
  });

  test.each([
    [
      'the secret is wrong',
      { status: 401, json: { error: 'invalid_client', error_description: 'wrong secret' } },
      UnauthorizedError,
    ],
    ['the client is unknown', { status: 400, json: { error: 'invalid_client' } }, UnauthorizedError],
    ['a page comes', { text: '<html></html>' }, UnauthorizedError],
    ['there is no token in the answer', { json: { expires_in: 3600 } }, ResponseShapeError],
    ['the token never lives', { json: { access_token: 's3cr3t', expires_in: 0 } }, ResponseShapeError],
  ] as const)('fails when %s, and tells no secret', async (_, answer, type) => {
    await withPlatform(
      async (client) => {
        const error = await failureOf(client.checkAccess());
        expect(error).toBeInstanceOf(type);
        expect(JSON.stringify([error.message, error])).not.toMatch(/s3cr3t|pä:ss|c3luY3/);
      },
      () => true,
      () => answer,
    );
  });
});

describe('proving the access', () => {
  it('tells when the token expires', async () => {
    await withPlatform(async (client) => {
      const before = Date.now();
      const { tokenExpiresAt } = await client.checkAccess();
      expect(tokenExpiresAt).toBeGreaterThanOrEqual(before + 3_600_000);
      expect(tokenExpiresAt).toBeLessThan(before + 3_610_000);
    });
  });

  it('B-244 costs one request at first and none later', async () => {
    await withPlatform(async (client, received) => {
      await client.checkAccess();
      await client.checkAccess();
      await client.currentUserId();
      expect(received).toHaveLength(2);
    });
  });

  it('B-244 inside the cluster asks the platform who we are, with the configured headers', async () => {
    await withClient(
      () => ME,
      async (client, { received }) => {
        expect(await client.checkAccess()).toEqual({});
        expect(received).toHaveLength(1);
        expect(received[0]?.headers).toMatchObject({
          'x-service-id': 'confluence-connector',
          'x-user-id': 'user',
          'x-company-id': 'company',
        });
      },
    );
  });

  it('fails when the platform knows no such user', async () => {
    await withClient(
      () => ({ json: { data: { me: null } } }),
      async (client) => expect(await failureOf(client.checkAccess())).toBeInstanceOf(UnauthorizedError),
    );
  });
});
