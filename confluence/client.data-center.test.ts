import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { createBudget, createMemoryBudgetLedger } from '../http/budget';
import { rejection, sendHtml, sendJson, withServer } from '../http/server-fixture';
import type { ConfluenceClient, ConfluenceOptions } from './client';
import { dataCenterClient, searchRow, v1Attachment } from './client-fixture';

async function withDataCenter<T>(
  answer: (url: URL, response: ServerResponse, request: IncomingMessage) => unknown,
  work: (client: ConfluenceClient, received: readonly IncomingMessage[], url: string) => Promise<T>,
  options: Partial<ConfluenceOptions> = {},
): Promise<T> {
  const listener: RequestListener = (request, response) =>
    void answer(new URL(request.url ?? '', 'http://x'), response, request);
  return withServer(listener, async ({ url, received }) => {
    const client = dataCenterClient(url, options);
    try {
      return await work(client, received, url);
    } finally {
      client.close();
    }
  });
}

/** A server that lowers the limit in silence, and counts its next link from the limit that was asked for. */
function cappedListing(url: URL, all: readonly unknown[], cap: number) {
  const start = Number(url.searchParams.get('start'));
  const results = all.slice(start, start + cap);
  const wrongNext = start + Number(url.searchParams.get('limit'));
  const next =
    start + results.length < all.length ? { next: `/rest/api/content/search?limit=200&start=${wrongNext}` } : {};
  return {
    results,
    start,
    limit: cap,
    size: results.length,
    _links: { base: 'http://internal:8090', context: '/confluence', ...next },
  };
}

async function walk(
  fetchPage: (cursor?: string) => Promise<{ rows: readonly { id: string }[]; next?: string }>,
): Promise<string[]> {
  const ids: string[] = [];
  let page = await fetchPage();
  for (;;) {
    ids.push(...page.rows.map(({ id }) => id));
    if (page.next === undefined) return ids;
    page = await fetchPage(page.next);
  }
}

describe('A listing on Data Center', () => {
  test('shows every row, although the limit is lowered and next skips rows', async () => {
    const all = Array.from({ length: 23 }, (_, i) => searchRow(String(i)));
    await withDataCenter(
      (url, response) => sendJson(response, cappedListing(url, all, 10)),
      async (client, received) => {
        const ids = await walk((cursor) => client.searchLabelled(cursor === undefined ? {} : { cursor }));
        expect(ids).toEqual(all.map(({ id }) => id));
        const starts = received.map(({ url }) => new URL(url ?? '', 'http://x').searchParams.get('start'));
        expect(starts).toEqual(['0', '10', '20']);
        expect(received[0]?.url).toContain('/confluence/rest/api/content/search?');
        expect(received[0]?.headers.authorization).toBe('Bearer pat-1');
      },
    );
  });

  test('counts rows that cannot be read, too', async () => {
    const all = [searchRow('1'), null, searchRow('2'), { id: '3' }, searchRow('4')];
    await withDataCenter(
      (url, response) => sendJson(response, cappedListing(url, all, 2)),
      async (client) =>
        expect(await walk((cursor) => client.searchLabelled(cursor === undefined ? {} : { cursor }))).toEqual([
          '1',
          '2',
          '4',
        ]),
    );
  });

  test('ends at an empty page, although that has a next link', async () => {
    await withDataCenter(
      (_, response) =>
        sendJson(response, { results: [], start: 0, _links: { next: '/rest/api/content/search?start=200' } }),
      async (client) => expect(await client.searchLabelled({})).toEqual({ rows: [], unknown: [] }),
    );
  });

  test('is not believed when the server begins elsewhere', async () => {
    await withDataCenter(
      (_, response) => sendJson(response, { results: [searchRow('1')], start: 0, _links: {} }),
      async (client) =>
        expect(await rejection(client.searchLabelled({ cursor: '200' }))).toMatchObject({ name: 'ResponseShapeError' }),
    );
  });

  test('of all attachments of a page asks for what rows have to bring along', async () => {
    const all = Array.from({ length: 30 }, (_, i) => v1Attachment(`att${i}`));
    await withDataCenter(
      (url, response) => sendJson(response, cappedListing(url, all, 20)),
      async (client, received) => {
        const ids = await walk((cursor) => client.listAttachments({ pageId: '7', pageType: 'page', cursor }));
        expect(ids).toHaveLength(30);
        expect(received[1]?.url).toBe(
          '/confluence/rest/api/content/7/child/attachment?expand=version%2Cextensions%2Cmetadata&limit=200&start=20',
        );
      },
    );
  });
});

describe('A download on Data Center', () => {
  const file = {
    pageId: '7',
    attachmentId: 'att9',
    downloadPath: '/download/attachments/7/Secret%20plan.html?version=2&api=v2',
  };

  test('goes to the listed address, with the credential', async () => {
    await withDataCenter(
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/html', 'content-disposition': 'attachment', 'content-length': 3 })
          .end('abc'),
      async (client, received) => {
        const { stream, length } = await client.openAttachment(file);
        expect([length, String(await buffer(stream))]).toEqual([3, 'abc']);
        expect(received[0]?.url).toBe('/confluence/download/attachments/7/Secret%20plan.html?version=2&api=v2');
        expect(received[0]?.headers.authorization).toBe('Bearer pat-1');
        const again = await client.openAttachment({ ...file, downloadPath: `/confluence${file.downloadPath}` });
        again.stream.destroy();
        expect(received[1]?.url).toBe(received[0]?.url);
      },
    );
  });

  test('of a login page is no file', async () => {
    await withDataCenter(
      (_, response) => sendHtml(response),
      async (client) =>
        expect(await rejection(client.openAttachment(file))).toMatchObject({ name: 'UnauthorizedError' }),
    );
  });

  test('that fails does not tell the name of the file', async () => {
    await withDataCenter(
      (_, response) => sendHtml(response, 404),
      async (client) => {
        const error = await rejection(client.openAttachment(file));
        expect(error).toMatchObject({
          name: 'NotFoundError',
          certain: false,
          path: '/confluence/download/attachments/7/(att9)',
        });
        expect(JSON.stringify(error) + String(error)).not.toContain('Secret');
      },
    );
  });

  test('needs the listed address', async () => {
    await withDataCenter(
      (_, response) => void response.end(),
      async (client, received) => {
        expect(await rejection(client.openAttachment({ pageId: '7', attachmentId: 'att9' }))).toMatchObject({
          name: 'ResponseShapeError',
        });
        expect(await rejection(client.openAttachment({ ...file, downloadPath: '@evil.example/x' }))).toMatchObject({
          name: 'ResponseShapeError',
        });
        expect(received).toHaveLength(0);
      },
    );
  });
});

describe('The name of a Data Center', () => {
  test('B-044 comes from its manifest, as JSON, without the credential, once', async () => {
    await withDataCenter(
      (_, response) => sendJson(response, { id: '6c2b2e0a', name: 'Confluence' }),
      async (client, received) => {
        expect([await client.instanceId(), await client.instanceId()]).toEqual(['6c2b2e0a', '6c2b2e0a']);
        expect(received).toHaveLength(1);
        expect(received[0]?.url).toBe('/confluence/rest/applinks/1.0/manifest');
        expect(received[0]?.headers).toMatchObject({ accept: 'application/json' });
        expect(received[0]?.headers.authorization).toBeUndefined();
      },
    );
  });

  test.each([
    ['missing', {}],
    ['empty', { id: '' }],
    ['no text', { id: 5 }],
  ])('is an error when it is %s', async (_name, body) => {
    await withDataCenter(
      (_, response) => sendJson(response, body),
      async (client) => expect(await rejection(client.instanceId())).toMatchObject({ name: 'ResponseShapeError' }),
    );
  });
});

describe('Credentials on Data Center', () => {
  const empty = (response: ServerResponse) => sendJson(response, { results: [], _links: {} });

  test('B-243 with user and password go in UTF-8', async () => {
    await withDataCenter(
      (_, response) => empty(response),
      async (client, received) => {
        await client.searchLabelled({});
        expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('jörg:pä:ss').toString('base64')}`);
      },
      { auth: { mode: 'basic', username: () => 'jörg', password: () => 'pä:ss' } },
    );
  });

  test('B-243 of a personal access token are a bearer', async () => {
    await withDataCenter(
      (_, response) => empty(response),
      async (client, received) => {
        await client.searchLabelled({});
        expect(received[0]?.headers.authorization).toBe('Bearer pat-1');
      },
    );
  });

  test('B-240 of a service account are a form with a scope', async () => {
    let form = '';
    await withDataCenter(
      async (url, response, request) => {
        if (url.pathname !== '/confluence/rest/oauth2/latest/token') return empty(response);
        form = await text(request);
        sendJson(response, { access_token: 'dc-token', expires_in: '3600' });
      },
      async (client, received) => {
        expect((await client.checkAccess()).tokenExpiresAt).toBeGreaterThan(Date.now());
        await client.searchLabelled({});
        expect(form).toBe('grant_type=client_credentials&client_id=c&client_secret=s%26&scope=READ');
        expect(received.at(-1)?.headers.authorization).toBe('Bearer dc-token');
      },
      { auth: { mode: 'oauth_2lo', clientId: 'c', clientSecret: () => 's&' } },
    );
  });

  test('W-41 of a service account are not asked for while the site is paused, by another tenant', async () => {
    const ledger = createMemoryBudgetLedger();
    const budget = () => createBudget({ requestsPerMinute: 60_000, ledger, target: 'site' });
    const paths: string[] = [];
    let refusedAt = Infinity;
    await withDataCenter(
      ({ pathname }, response) => {
        paths.push(pathname);
        if (pathname.endsWith('/token')) return sendJson(response, { access_token: 'dc-token', expires_in: 3600 });
        refusedAt = Date.now();
        sendJson(response, {}, 429, { 'retry-after': '0.5' });
      },
      async (limited, _, url) => {
        await rejection(limited.searchLabelled({}));
        const auth = { mode: 'oauth_2lo', clientId: 'c', clientSecret: () => 's' } as const;
        const other = dataCenterClient(url, { budget: budget(), auth });
        await other.checkAccess();
        expect(Date.now() - refusedAt).toBeGreaterThanOrEqual(490);
        expect(paths).toHaveLength(2);
        other.close();
      },
      { budget: budget() },
    );
  });

  test('that are no tokens are proven by a search for one row, once', async () => {
    await withDataCenter(
      (_, response) => empty(response),
      async (client, received) => {
        expect([await client.checkAccess(), await client.checkAccess()]).toEqual([{}, {}]);
        expect(received.map(({ url }) => new URL(url ?? '', 'http://x').searchParams.get('limit'))).toEqual(['1']);
      },
    );
  });

  test.each([
    [
      'a wrong password',
      (r: ServerResponse) => sendHtml(r, 401, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }),
      { name: 'UnauthorizedError' },
      'credential',
    ],
    [
      'a CAPTCHA',
      (r: ServerResponse) =>
        sendHtml(r, 403, { 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=http://x' }),
      { name: 'UnauthorizedError' },
      'CAPTCHA',
    ],
    [
      'passwords being switched off',
      (r: ServerResponse) =>
        void r
          .writeHead(403, { 'content-type': 'text/html' })
          .end('Basic Auth with password is disabled on this instance'),
      { name: 'UnauthorizedError' },
      'personal access token',
    ],
    [
      'a rate limit that says 403',
      (r: ServerResponse) => sendJson(r, { message: 'Rate limit exceeded' }, 403),
      { name: 'RateLimitedError', retryAfterMs: 5_000 },
      '',
    ],
    [
      'single sign-on',
      (r: ServerResponse) => void r.writeHead(302, { location: 'https://sso.example/saml' }).end(),
      { name: 'UnauthorizedError' },
      'login',
    ],
    [
      'a space that is unknown',
      (r: ServerResponse) =>
        sendJson(r, { statusCode: 404, message: 'No space with key : x', reason: 'Not Found' }, 404),
      { name: 'NotFoundError', certain: true },
      '',
    ],
  ])('are refused because of %s', async (_name, answer, expected, says) => {
    await withDataCenter(
      (_, response) => answer(response),
      async (client) => {
        const error = await rejection(client.searchLabelled({}));
        expect(error).toMatchObject(expected);
        expect(String(error)).toContain(says);
      },
    );
  });
});
