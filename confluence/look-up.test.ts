import type { ServerResponse } from 'node:http';
import { sendHtml, sendJson, withServer } from '../http/server-fixture';
import type { LookUp } from '../rules/evidence';
import { cloudClient, dataCenterClient, listing, searchRow } from './client-fixture';

type Answer = (url: URL, response: ServerResponse) => unknown;

/** Looks ids up at a server that answers searches, and reads by id, as told. */
async function lookUp(product: 'cloud' | 'data-center', ids: readonly string[], search: Answer, byId?: Answer) {
  let paths: string[] = [];
  const found = await withServer(
    (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      if (url.pathname === '/oauth/token') return sendJson(response, { access_token: 't', expires_in: 3600 });
      if (url.pathname.endsWith('/content/search')) return void search(url, response);
      return void (byId ?? (() => sendHtml(response, 500)))(url, response);
    },
    async ({ url, received }) => {
      const client = product === 'cloud' ? cloudClient(url) : dataCenterClient(url);
      try {
        return await client.lookUp(ids);
      } finally {
        client.close();
        paths = received.map((request) => new URL(request.url ?? '', 'http://x').pathname);
      }
    },
  );
  return { found, requests: paths.filter((path) => path !== '/oauth/token').length };
}

const row = (id: string, overrides: Record<string, unknown> = {}) =>
  searchRow(id, { ancestors: [{ id: '8' }, { id: '9' }], ...overrides });
const idsOf = (url: URL): string[] => /\((.*)\)/.exec(url.searchParams.get('cql') ?? '')?.[1]?.split(',') ?? [];
const named404 = (_url: URL, response: ServerResponse) =>
  sendJson(response, { statusCode: 404, message: 'No content found with id : ContentId{id=2}' }, 404);
const kinds = (found: ReadonlyMap<string, LookUp>) =>
  Object.fromEntries([...found].map(([id, { kind }]) => [id, kind]));

test('W-12: many pages are looked up in one search, with what their eligibility hangs on', async () => {
  const ids = Array.from({ length: 120 }, (_, index) => String(index + 1));
  const { found, requests } = await lookUp('cloud', ids, (url, response) =>
    sendJson(response, listing(idsOf(url).map((id) => row(id)))),
  );
  expect(requests).toBe(3);
  expect([...found.keys()].sort()).toEqual([...ids].sort());
  expect(found.get('7')).toEqual({
    kind: 'found',
    page: {
      id: '7',
      type: 'page',
      status: 'current',
      version: 3,
      space: { key: 'ENG', type: 'global' },
      labels: ['one'],
      ancestorIds: ['8', '9'],
    },
  });
});

test('on Cloud a page that a complete search lacks is not found', async () => {
  const { found } = await lookUp('cloud', ['1', '2'], (_url, response) => sendJson(response, listing([row('1')])));
  expect(kinds(found)).toEqual({ '1': 'found', '2': 'not-found' });
});

test('on Data Center the missing ones are read by id, whatever the index says', async () => {
  const search: Answer = (_url, response) => sendJson(response, listing([row('1')]));
  const trashed: Answer = (url, response) => {
    expect(url.searchParams.get('status')).toBe('any');
    sendJson(response, row('2', { status: 'trashed' }));
  };
  const { found } = await lookUp('data-center', ['1', '2'], search, trashed);
  expect(found.get('2')).toMatchObject({ kind: 'found', page: { status: 'trashed' } });
  const gone = await lookUp('data-center', ['1', '2'], search, named404);
  expect(kinds(gone.found)).toEqual({ '1': 'found', '2': 'not-found' });
});

test.each<[string, Answer]>([
  ['401', (_url, response) => sendJson(response, {}, 401)],
  ['403', (_url, response) => sendJson(response, { message: 'not permitted' }, 403)],
  ['404 that names nothing', (_url, response) => sendJson(response, { message: 'Not Found' }, 404)],
  ['404 in HTML', (_url, response) => sendHtml(response, 404)],
  ['a login page', (_url, response) => sendHtml(response)],
  ['500', (_url, response) => sendJson(response, {}, 500)],
  ['502 in HTML', (_url, response) => sendHtml(response, 502)],
])('W-12: %s leaves a page unknown, in a search and by id', async (_name, answer) => {
  for (const product of ['cloud', 'data-center'] as const) {
    expect(kinds((await lookUp(product, ['1', '2'], answer)).found)).toEqual({ '1': 'unknown', '2': 'unknown' });
  }
  const search: Answer = (_url, response) => sendJson(response, listing([row('1')]));
  const { found } = await lookUp('data-center', ['1', '2'], search, answer);
  expect(kinds(found)).toEqual({ '1': 'found', '2': 'unknown' });
});

test('a row that does not tell its ancestors or labels leaves its page unknown', async () => {
  for (const bad of [{ ancestors: undefined }, { metadata: {} }, { status: undefined }]) {
    const { found } = await lookUp('cloud', ['1'], (_url, response) => sendJson(response, listing([row('1', bad)])));
    expect(kinds(found)).toEqual({ '1': 'unknown' });
  }
});

test('W-12: a search that does not end proves nothing', async () => {
  const next = '/rest/api/content/search?cursor=again';
  const { found } = await lookUp('cloud', ['1'], (_url, response) => sendJson(response, listing([], next)));
  expect(kinds(found)).toEqual({ '1': 'unknown' });
});

test('a rate limit is thrown: waiting helps', async () => {
  const limited: Answer = (_url, response) => sendJson(response, {}, 429, { 'retry-after': '7' });
  await expect(lookUp('cloud', ['1'], limited)).rejects.toMatchObject({ name: 'RateLimitedError' });
});
