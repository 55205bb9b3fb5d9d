import { Readable } from 'node:stream';
import { createBudget, createMemoryBudgetLedger, type Budget } from './budget';
import { createHttpClient, type HttpRequest } from './client';
import { UnauthorizedError } from './errors';
import { countRequests } from './request-counts';
import { rejection, sendHtml, sendJson, withServer } from './server-fixture';
import { createTokenSource } from './tokens';
import type { RequestListener } from 'node:http';

const GET: HttpRequest<'json'> = { method: 'GET', path: '/x', kind: 'confluence', responseType: 'json' };

function numberedTokens() {
  let fetched = 0;
  return createTokenSource(async () => ({ accessToken: `t${++fetched}`, expiresInSeconds: 3600 }));
}

/** Accepts one token only. */
const accepting =
  (token: string): RequestListener =>
  (request, response) =>
    request.headers.authorization === `Bearer ${token}` ? sendJson(response, 'welcome') : sendJson(response, {}, 401);

describe('A refused token', () => {
  test('W-35 is renewed once, and the request sent again', async () => {
    await withServer(accepting('t2'), async ({ url, received }) => {
      const client = createHttpClient({ baseUrl: url, authorization: numberedTokens() });
      expect((await client.request(GET)).body).toBe('welcome');
      expect(received).toHaveLength(2);
      client.close();
    });
  });

  test('costs many parallel requests one new token', async () => {
    await withServer(accepting('t2'), async ({ url }) => {
      const authorization = numberedTokens();
      const client = createHttpClient({ baseUrl: url, authorization });
      await Promise.all(Array.from({ length: 30 }, () => client.request(GET)));
      expect(await authorization.authorization()).toBe('Bearer t2');
      client.close();
    });
  });

  test('is final when the new one is refused, too', async () => {
    await withServer(accepting('never'), async ({ url, received }) => {
      const client = createHttpClient({ baseUrl: url, authorization: numberedTokens() });
      expect(await rejection(client.request(GET))).toBeInstanceOf(UnauthorizedError);
      expect(received).toHaveLength(2);
      client.close();
    });
  });

  test('shows as a login page, too', async () => {
    await withServer(
      (request, response) =>
        request.headers.authorization === 'Bearer t2' ? sendJson(response, 1) : sendHtml(response),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url, authorization: numberedTokens() });
        expect((await client.request(GET)).body).toBe(1);
        client.close();
      },
    );
  });

  test('cannot be renewed for headers that stay', async () => {
    await withServer(accepting('t2'), async ({ url, received }) => {
      const client = createHttpClient({ baseUrl: url, authorization: async () => ({ authorization: 'Bearer t1' }) });
      expect(await rejection(client.request(GET))).toBeInstanceOf(UnauthorizedError);
      expect(received).toHaveLength(1);
      client.close();
    });
  });

  test('lets a body be sent again only if it can be', async () => {
    await withServer(accepting('t2'), async ({ url }) => {
      const request = { ...GET, method: 'PUT' } as const;
      const once = { stream: Readable.from([Buffer.from('abc')]), contentLength: 3, contentType: 'text/plain' };
      const again = { ...once, stream: () => Readable.from([Buffer.from('abc')]) };
      const client = () => createHttpClient({ baseUrl: url, authorization: numberedTokens() });
      expect(await rejection(client().request({ ...request, body: once }))).toBeInstanceOf(UnauthorizedError);
      expect((await client().request({ ...request, body: again })).body).toBe('welcome');
    });
  });
});

describe('The credential', () => {
  test('W-59 goes to no other host, and not where it is not wanted', async () => {
    const echo: RequestListener = (request, response) => sendJson(response, request.headers.authorization ?? 'none');
    await withServer(echo, async (own) =>
      withServer(echo, async (other) => {
        const client = createHttpClient({ baseUrl: own.url, authorization: numberedTokens() });
        const ask = async (request: object) => (await client.request({ ...GET, ...request })).body;
        expect(await ask({})).toBe('Bearer t1');
        expect(await ask({ token: false })).toBe('none');
        expect(await ask({ path: undefined, url: `${own.url}/y`, shownAs: 'own' })).toBe('Bearer t1');
        expect(await ask({ path: undefined, url: `${other.url}/y`, shownAs: 'other' })).toBe('none');
        client.close();
      }),
    );
  });

  test('B-234 W-59 is not carried along by a redirect, because none is followed', async () => {
    await withServer(
      (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
      async ({ url, received }) => {
        const client = createHttpClient({ baseUrl: url, authorization: async () => ({ authorization: 'Basic x' }) });
        expect(await rejection(client.request(GET))).toBeInstanceOf(UnauthorizedError);
        const redirect = await client.request({ ...GET, responseType: 'redirect' });
        expect(redirect.body).toBe('/elsewhere');
        expect(received).toHaveLength(2);
        client.close();
      },
    );
  });

  test('passes by no proxy of the environment', async () => {
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const;
    const before = names.map((name) => process.env[name]);
    await withServer(
      (_, proxied) => sendJson(proxied, 'proxy'),
      async (proxy) =>
        withServer(
          (_, direct) => sendJson(direct, 'direct'),
          async ({ url }) => {
            for (const name of names) process.env[name] = proxy.url;
            const client = createHttpClient({ baseUrl: url });
            expect((await client.request(GET)).body).toBe('direct');
            expect(proxy.received).toHaveLength(0);
            client.close();
          },
        ),
    );
    names.forEach((name, i) => {
      const value = before[i];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    });
  });
});

describe('The budget', () => {
  const budgetFor = (requestsPerMinute: number) =>
    createBudget({ requestsPerMinute, ledger: createMemoryBudgetLedger(), target: 'site' });

  test('W-44 spaces what goes through it, and only that', async () => {
    await withServer(
      (_, response) => sendJson(response, 1),
      async ({ url }) => {
        const budget = budgetFor(600);
        let turns = 0;
        const take: Budget['take'] = (...turn) => (turns++, budget.take(...turn));
        const client = createHttpClient({ baseUrl: url, budget: { ...budget, take } });
        const start = Date.now();
        await Promise.all([1, 2, 3].map(() => client.request(GET)));
        expect(Date.now() - start).toBeGreaterThanOrEqual(190);
        expect(turns).toBe(3);
        for (const kind of ['upload', 'redirect', 'token'] as const) await client.request({ ...GET, kind });
        expect(turns).toBe(3);
        client.close();
      },
    );
  });

  test('W-41 is paused for the whole target by 429, and by 503 without a time', async () => {
    for (const status of [429, 503]) {
      await withServer(
        (request, response) =>
          sendJson(response, {}, request.url === '/limited' ? status : 200, {
            'retry-after': status === 429 ? '0.3' : '',
          }),
        async ({ url }) => {
          const budget = budgetFor(60_000);
          const pauses: number[] = [];
          const client = createHttpClient({
            baseUrl: url,
            budget: {
              ...budget,
              pauseUntil: async (at) => (
                pauses.push(at - Date.now()),
                status === 429 ? budget.pauseUntil(at) : undefined
              ),
            },
          });
          await rejection(client.request({ ...GET, path: '/limited' }));
          const start = Date.now();
          await client.request(GET);
          if (status === 429) expect(Date.now() - start).toBeGreaterThanOrEqual(290);
          expect(pauses[0]).toBeGreaterThan(status === 429 ? 250 : 4_500);
          client.close();
        },
      );
    }
  });

  test('W-41 is slowed down when the server says that a limit is near', async () => {
    await withServer(
      (_, response) => sendJson(response, 1, 200, { 'x-ratelimit-nearlimit': 'true' }),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url, budget: budgetFor(600) });
        await client.request(GET);
        const start = Date.now();
        for (let i = 0; i < 3; i++) await client.request(GET);
        expect(Date.now() - start).toBeGreaterThanOrEqual(450);
        client.close();
      },
    );
  });

  test('in a long pause fails at once with what is left of it, and sends nothing', async () => {
    await withServer(
      (_, response) => sendJson(response, {}, 429, { 'retry-after': '300' }),
      async ({ url, received }) => {
        const client = createHttpClient({ baseUrl: url, budget: budgetFor(60_000) });
        await rejection(client.request(GET));
        const error = await rejection(client.request(GET));
        expect(error).toMatchObject({ name: 'RateLimitedError' });
        expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(290_000);
        expect(received).toHaveLength(1);
        client.close();
      },
    );
  });
});

test('requests are counted by kind, failed ones and second attempts included, for whoever made them', async () => {
  await withServer(accepting('t2'), async ({ url }) => {
    const client = createHttpClient({ baseUrl: url, authorization: numberedTokens() });
    const send = (kind: HttpRequest<'json'>['kind']) => client.request({ ...GET, kind });
    const [one, other] = await Promise.all([
      countRequests(async (counts) => {
        await send('confluence');
        await send('download');
        await send('redirect');
        await send('token');
        return counts();
      }),
      countRequests(async (counts) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await Promise.all([send('unique'), send('upload'), send('upload')]);
        return counts();
      }),
    ]);
    await send('confluence');
    expect(one).toEqual({ confluence: 2, unique: 0, downloads: 1, uploads: 0 });
    expect(other).toEqual({ confluence: 0, unique: 1, downloads: 0, uploads: 2 });
    client.close();
  });
});
