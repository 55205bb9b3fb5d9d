import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { buffer, json as readJson } from 'node:stream/consumers';
import { countRequests } from '../http/request-counts';
import { rejection, sendHtml, sendJson, withServer } from '../http/server-fixture';
import type { ConfluenceClient } from './client';
import { cloudClient, GATEWAY, listing, searchRow } from './client-fixture';

type Answer = (request: { readonly url: URL; readonly raw: IncomingMessage }, response: ServerResponse) => void;

/** A gateway that gives out tokens `t1`, `t2`, … and answers below `/wiki` as told. */
function gateway(answer: Answer): RequestListener {
  let tokens = 0;
  return (raw, response) => {
    const url = new URL(raw.url ?? '', 'http://site.example');
    if (url.pathname === '/oauth/token') return sendJson(response, { access_token: `t${++tokens}`, expires_in: 3600 });
    if (!url.pathname.startsWith(`${GATEWAY}/wiki/`)) return sendHtml(response, 404);
    url.pathname = url.pathname.slice(GATEWAY.length);
    answer({ url, raw }, response);
  };
}

async function withCloud<T>(
  answer: Answer,
  work: (client: ConfluenceClient, received: readonly IncomingMessage[]) => Promise<T>,
  options = {},
) {
  return withServer(gateway(answer), async ({ url, received }) => {
    const client = cloudClient(url, options);
    try {
      return await work(client, received);
    } finally {
      client.close();
    }
  });
}

const ids = (page: { readonly rows: readonly { readonly id: string }[] }) => page.rows.map(({ id }) => id);

describe('A search on Cloud', () => {
  test('B-030 B-032 asks for both labels and what rows have to bring along', async () => {
    await withCloud(
      ({ url }, response) =>
        sendJson(response, listing([searchRow(JSON.stringify([...url.searchParams]).length > 0 ? '1' : '')])),
      async (client, received) => {
        await client.searchLabelled({ spaceKey: 'ENG' });
        const url = new URL(received.at(-1)?.url ?? '', 'http://x');
        expect(url.pathname).toBe(`${GATEWAY}/wiki/rest/api/content/search`);
        expect(Object.fromEntries(url.searchParams)).toEqual({
          cql: '(label = "one" OR label = "tree") AND type != attachment AND space = "ENG"',
          expand:
            'metadata.labels,version,space,children.attachment,children.attachment.version,children.attachment.extensions,children.attachment.metadata',
          limit: '100',
        });
        expect(received.at(-1)?.headers.authorization).toBe('Bearer t1');
      },
    );
  });

  test('B-040 asks for no attachments when they are switched off', async () => {
    await withCloud(
      (_, response) => sendJson(response, listing([])),
      async (client, received) => {
        await client.searchLabelled({});
        expect(received.at(-1)?.url).toContain('expand=metadata.labels%2Cversion%2Cspace&');
      },
      { attachments: false },
    );
  });

  test('W-12 goes on only where next leads, through an empty page, with expand put back', async () => {
    const pages: Record<string, unknown> = {
      '': listing([searchRow('1')], '/rest/api/content/search?next=true&cursor=_a%3D%3D&limit=100&start=100&cql=x'),
      '_a==': listing([], '/rest/api/content/search?cursor=b&expand=space'),
      b: listing([searchRow('2')]),
    };
    await withCloud(
      ({ url }, response) => sendJson(response, pages[url.searchParams.get('cursor') ?? '']),
      async (client, received) => {
        const first = await client.searchLabelled({});
        const second = await client.searchLabelled({ cursor: first.next ?? '' });
        const third = await client.searchLabelled({ cursor: second.next ?? '' });
        expect([ids(first), ids(second), ids(third), third.next]).toEqual([['1'], [], ['2'], undefined]);
        expect(received.at(-2)?.url).toContain('limit=100&start=100&cql=x&expand=metadata.labels%2Cversion');
        expect(received.at(-1)?.url).toContain('cursor=b&expand=metadata.labels%2Cversion');
      },
    );
  });

  test('goes on in another process', async () => {
    await withCloud(
      ({ url }, response) =>
        sendJson(
          response,
          url.searchParams.get('cursor') === 'a'
            ? listing([searchRow('2')])
            : listing([searchRow('1')], '/rest/api/content/search?cursor=a'),
        ),
      async (client) => {
        const cursor = JSON.parse(JSON.stringify((await client.searchLabelled({})).next)) as string;
        expect(ids(await client.searchLabelled({ cursor }))).toEqual(['2']);
      },
    );
  });

  test('does not take a next link that leads astray for the end', async () => {
    await withCloud(
      (_, response) => sendJson(response, listing([searchRow('1')], '/rest/api/elsewhere?cursor=a')),
      async (client) => {
        expect(await rejection(client.searchLabelled({}))).toMatchObject({
          name: 'ResponseShapeError',
          issues: ['_links.next leads elsewhere'],
        });
      },
    );
  });

  test('reads the labels of a row alone that shows none, or perhaps not all', async () => {
    const cut = { labels: { results: Array.from({ length: 196 }, (_, i) => ({ name: `l${i}` })) } };
    const all = { labels: { results: [{ name: 'tree' }, { name: 'x' }] } };
    await withCloud(
      ({ url }, response) => {
        const alone = /^id IN \((\d+)\)$/.exec(url.searchParams.get('cql') ?? '')?.[1];
        if (alone === undefined)
          return sendJson(
            response,
            listing([searchRow('1'), searchRow('2', { metadata: cut }), searchRow('3', { metadata: {} })]),
          );
        sendJson(response, listing(alone === '2' ? [{ id: '2', metadata: all }] : []));
      },
      async (client) => {
        const page = await client.searchLabelled({});
        expect(page.rows.map(({ id, labels }) => [id, labels])).toEqual([
          ['1', ['one']],
          ['2', ['tree', 'x']],
        ]);
        expect(page.unknown).toEqual([{ id: '3', reason: 'metadata.labels is missing or cut' }]);
      },
    );
  });

  test('B-033 for descendants asks for a hundred roots at once, and for none without any', async () => {
    await withCloud(
      ({ url }, response) => sendJson(response, listing([searchRow(String(url.searchParams.get('cql')?.length))])),
      async (client, received) => {
        expect(await client.searchDescendants({ rootIds: [] })).toEqual({ rows: [], unknown: [] });
        expect(received).toHaveLength(0);
        await client.searchDescendants({ rootIds: ['1', '2'] });
        expect(new URL(received.at(-1)?.url ?? '', 'http://x').searchParams.get('cql')).toBe(
          'ancestor IN (1,2) AND type != attachment',
        );
      },
    );
  });
});

describe('All attachments of a page on Cloud', () => {
  test('B-037 W-14 are listed under the type of the page, current ones only', async () => {
    const row = {
      id: 'att9',
      title: 'a.png',
      mediaType: 'image/png',
      fileSize: 79,
      version: { number: 4, createdAt: '2026-07-03T09:00:00.000Z' },
    };
    await withCloud(
      ({ url }, response) => {
        if (!url.searchParams.has('cursor'))
          return sendJson(response, { results: [row], _links: { next: `${url.pathname}?limit=250&cursor=c` } });
        sendJson(response, { results: [{ ...row, id: 'att10' }], _links: { base: 'https://x' } });
      },
      async (client, received) => {
        const first = await client.listAttachments({ pageId: '7', pageType: 'blogpost' });
        const second = await client.listAttachments({ pageId: '7', pageType: 'blogpost', cursor: first.next });
        expect([...first.rows, ...second.rows]).toEqual([
          {
            id: 'att9',
            title: 'a.png',
            mediaType: 'image/png',
            fileSize: 79,
            version: 4,
            updatedAt: '2026-07-03T09:00:00.000Z',
          },
          expect.objectContaining({ id: 'att10' }),
        ]);
        expect(second.next).toBeUndefined();
        const paths = received
          .filter(({ url }) => url?.includes('api/v2'))
          .map(({ url }) => url?.slice(GATEWAY.length));
        expect(paths).toEqual([
          '/wiki/api/v2/blogposts/7/attachments?limit=250&status=current',
          '/wiki/api/v2/blogposts/7/attachments?limit=250&cursor=c',
        ]);
        await client.listAttachments({ pageId: '8', pageType: 'page' });
        expect(received.at(-1)?.url).toContain('/wiki/api/v2/pages/8/attachments');
      },
    );
  });
});

describe('A download on Cloud', () => {
  const media: RequestListener = (request, response) => {
    if (request.headers.authorization !== undefined) return void response.writeHead(400).end();
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': 5 }).end('bytes');
  };

  test('B-234 W-59 follows one redirect to the media host, which gets no credential, and counts once', async () => {
    await withServer(media, async ({ url: mediaUrl, received: mediaRequests }) =>
      withCloud(
        (_, response) => void response.writeHead(302, { location: `${mediaUrl}/file/f-1/binary?token=SIGNED` }).end(),
        async (client, received) => {
          const counted = await countRequests(async (counts) => {
            const { stream, length } = await client.openAttachment({ pageId: '7', attachmentId: 'att9' });
            expect([length, String(await buffer(stream))]).toEqual([5, 'bytes']);
            return counts();
          });
          expect(received.at(-1)?.url).toBe(`${GATEWAY}/wiki/rest/api/content/7/child/attachment/att9/download`);
          expect(mediaRequests).toHaveLength(1);
          expect(counted).toEqual({ confluence: 0, unique: 0, downloads: 1, uploads: 0 });
        },
      ),
    );
  });

  test('W-59 sends no credential after a redirect, even to the host that it came from', async () => {
    const received: (string | undefined)[] = [];
    await withServer(
      (request, response) => {
        if (request.url === '/oauth/token') return sendJson(response, { access_token: 't1' });
        received.push(request.headers.authorization);
        if (request.url === '/media') return void response.end('bytes');
        response.writeHead(302, { location: `http://${request.headers.host}/media` }).end();
      },
      async ({ url }) => {
        const client = cloudClient(url);
        await buffer((await client.openAttachment({ pageId: '7', attachmentId: 'att9' })).stream);
        expect(received).toEqual(['Bearer t1', undefined]);
        client.close();
      },
    );
  });

  test('asks for a new signature next time when the media host refuses this one', async () => {
    await withServer(
      (_, response) => sendJson(response, {}, 403),
      async ({ url: mediaUrl }) =>
        withCloud(
          (_, response) => void response.writeHead(302, { location: `${mediaUrl}/file/f-1/binary?token=SIGNED` }).end(),
          async (client) => {
            const error = await rejection(client.openAttachment({ pageId: '7', attachmentId: 'att9' }));
            expect(error).toMatchObject({
              name: 'UnavailableError',
              status: 403,
              path: '(media host)',
              answered: true,
            });
            expect(JSON.stringify(error) + String(error)).not.toMatch(/SIGNED|file\/f-1/);
          },
        ),
    );
  });

  test.each([
    ['a log-in of Atlassian', 'https://id.atlassian.com/login?continue=x', 'UnauthorizedError'],
    ['a log-in of the site', '/wiki/login.action?os_destination=x', 'UnauthorizedError'],
    ['another scheme', 'ftp://media.example/file', 'ResponseShapeError'],
  ])('that is sent to %s fails', async (_name, location, name) => {
    await withCloud(
      (_, response) => void response.writeHead(302, { location }).end(),
      async (client) =>
        expect(await rejection(client.openAttachment({ pageId: '7', attachmentId: 'att9' }))).toMatchObject({ name }),
    );
  });

  test('that answers a web page fails', async () => {
    await withCloud(
      (_, response) => sendHtml(response),
      async (client) =>
        expect(await rejection(client.openAttachment({ pageId: '7', attachmentId: 'att9' }))).toMatchObject({
          name: 'UnauthorizedError',
        }),
    );
  });
});

describe('What failed on Cloud', () => {
  const v1Error = (message: string, statusCode: number) => ({ statusCode, data: { authorized: false }, message });
  const v2Error = (title: string) => ({ errors: [{ status: 404, code: 'NOT_FOUND', title, detail: null }] });
  const search = (client: ConfluenceClient) => client.searchLabelled({});
  const attachments = (client: ConfluenceClient) => client.listAttachments({ pageId: '7', pageType: 'page' });
  const download = (client: ConfluenceClient) => client.openAttachment({ pageId: '7', attachmentId: 'att9' });
  const scope = { code: 401, message: 'Unauthorized; scope does not match' };
  const json =
    (body: unknown, status: number): Answer =>
    (_, response) =>
      sendJson(response, body, status);

  test.each<[string, Answer, (client: ConfluenceClient) => Promise<unknown>, object]>([
    [
      'a missing scope of the search',
      json(scope, 401),
      search,
      { name: 'ForbiddenScopeError', missing: 'search:confluence' },
    ],
    [
      'a missing scope of the list',
      json(scope, 401),
      attachments,
      { name: 'ForbiddenScopeError', missing: 'read:attachment:confluence' },
    ],
    [
      'a missing scope of the download',
      json(scope, 401),
      download,
      { name: 'ForbiddenScopeError', missing: 'readonly:content.attachment:confluence' },
    ],
    ['an expired token', json({ code: 401, message: 'Unauthorized' }, 401), search, { name: 'UnauthorizedError' }],
    [
      'a refused credential on v1',
      json(v1Error('Current user not permitted to use Confluence', 403), 403),
      search,
      { name: 'UnauthorizedError' },
    ],
    [
      'a refused credential on v2',
      json(v2Error('Not Found'), 404),
      attachments,
      { name: 'UnauthorizedError', status: 404 },
    ],
    [
      'a page that is gone, on v2',
      json(v2Error('Cannot find a page with id [7]'), 404),
      attachments,
      { name: 'NotFoundError', certain: true },
    ],
    [
      'an attachment that is gone',
      json(
        v1Error(
          'com.atlassian.confluence.api.service.exceptions.NotFoundException: No content found with id : ContentId{id=9}',
          404,
        ),
        404,
      ),
      download,
      { name: 'NotFoundError', certain: true },
    ],
    [
      'an unknown path',
      (_, response) => sendHtml(response, 404),
      attachments,
      { name: 'NotFoundError', certain: false },
    ],
    ['a login page', (_, response) => sendHtml(response), search, { name: 'UnauthorizedError' }],
    [
      'a suspended site',
      json({ error: 'SUSPENDED_INACTIVITY' }, 503),
      search,
      { name: 'UnavailableError', status: 503 },
    ],
    [
      'broken CQL',
      json(v1Error('Could not parse cql : x', 400), 400),
      search,
      { name: 'RequestRefusedError', status: 400 },
    ],
    [
      'a listing that is none',
      json({ results: {} }, 200),
      search,
      { name: 'ResponseShapeError', issues: ['results is no list'] },
    ],
  ])('because of %s', async (_name, answer, call, expected) => {
    await withCloud(answer, async (client) => expect(await rejection(call(client))).toMatchObject(expected));
  });

  test('because of the credential is tried once more with a new token, whatever status says so', async () => {
    for (const [call, refusal] of [
      [search, json(v1Error('403 FORBIDDEN', 403), 403)],
      [attachments, json(v2Error('Not Found'), 404)],
    ] as const) {
      await withCloud(
        (request, response) =>
          request.raw.headers.authorization === 'Bearer t2'
            ? sendJson(response, listing([]))
            : refusal(request, response),
        async (client) => expect(await call(client)).toMatchObject({ rows: [] }),
      );
    }
  });
});

describe('Access on Cloud', () => {
  test('B-240 is asked for in JSON, with the client’s id and secret', async () => {
    let asked: unknown;
    await withServer(
      (request, response) =>
        void readJson(request).then((body) => {
          asked = [request.method, request.url, request.headers['content-type'], body];
          sendJson(response, { access_token: 't', expires_in: 3600 });
        }),
      async ({ url }) => {
        const client = cloudClient(url);
        await client.checkAccess();
        const body = { grant_type: 'client_credentials', client_id: 'client', client_secret: 'secret' };
        expect(asked).toEqual(['POST', '/oauth/token', 'application/json', body]);
        client.close();
      },
    );
  });

  test('is proven by a token, whose end is told', async () => {
    await withCloud(
      (_, response) => sendJson(response, listing([])),
      async (client, received) => {
        const { tokenExpiresAt = 0 } = await client.checkAccess();
        expect(Math.abs(tokenExpiresAt - Date.now() - 3_600_000)).toBeLessThan(5_000);
        await client.checkAccess();
        expect(received).toHaveLength(1);
      },
    );
  });

  test.each([
    [401, 'UnauthorizedError', 'no token is given for the configured credential (it says: No such client)'],
    [403, 'UnauthorizedError', 'no token is given for the configured credential (it says: No such client)'],
    [500, 'UnavailableError', 'the server does not work at the moment'],
  ])('B-242 fails with the status %i, and says why', async (status, name, explanation) => {
    await withServer(
      (_, response) => sendJson(response, { error: 'access_denied', error_description: 'No such client' }, status),
      async ({ url }) => {
        const error = await rejection(cloudClient(url).checkAccess());
        expect(error).toMatchObject({ name, status, path: '/oauth/token' });
        expect(String(error)).toContain(explanation);
        expect(String(error)).not.toContain('secret');
      },
    );
  });

  test('B-242 is not proven by an answer without a token', async () => {
    await withServer(
      (_, response) => sendJson(response, { expires_in: 'soon' }),
      async ({ url }) => {
        expect(await rejection(cloudClient(url).checkAccess())).toMatchObject({
          name: 'ResponseShapeError',
          issues: ['access_token: invalid_type', 'expires_in: invalid_type'],
        });
      },
    );
  });

  test('B-045 names the site by its configured id, without a request', async () => {
    await withServer(
      (_, response) => sendHtml(response, 500),
      async ({ url, received }) => {
        expect(await cloudClient(url).instanceId()).toBe('cloud-1');
        expect(received).toHaveLength(0);
      },
    );
  });
});
