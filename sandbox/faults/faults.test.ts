import { searchPath, send, withSandbox } from '../sandbox-fixture';
import { Faults } from './faults';
import { Gate } from './gate';
import type { FaultRequest } from './rule';

const SEARCH = searchPath('label = "ai-ingest"');
const UPSERT = `mutation ($input: ContentCreateInput!, $scopeId: String) { contentUpsert(input: $input, scopeId: $scopeId) { id } }`;
const cloud = { flavor: 'cloud' } as const;

function request(route: string, path = '/x'): FaultRequest {
  return { route, method: 'GET', path, query: new URLSearchParams(), headers: {}, keys: [] };
}

describe('a rule', () => {
  it('matches the name of a route, a whole line, or an expression on both', () => {
    for (const route of ['unique.upload', 'GET /a/1', /^unique\./, /\/a\/\d$/g]) {
      const faults = new Faults();
      const handle = faults.add({ route, kind: 'drop' });
      faults.strike(request('unique.upload', '/a/1'));
      faults.strike(request('unique.upload', '/a/1'));
      faults.strike(request('other', '/b'));
      expect(handle.hits).toBe(2);
    }
  });

  it('lets some pass, strikes so often, and can be taken away', () => {
    const faults = new Faults();
    const handle = faults.add({ route: 'a', kind: 'drop', after: 2, times: 2 });
    const strikes = () => faults.strike(request('a')) !== undefined;

    expect([strikes(), strikes(), strikes(), strikes(), strikes()]).toEqual([false, false, true, true, false]);
    const other = faults.add({ route: 'a', kind: 'html' });
    expect(faults.strike(request('a'))?.kind).toBe('html');
    other.remove();
    handle.remove();
    expect(faults.isEmpty).toBe(true);
  });

  it('strikes by chance, the same way at every start', () => {
    const strikes = () => {
      const faults = new Faults(7);
      faults.add({ route: 'a', kind: 'drop', probability: 0.3 });
      return Array.from({ length: 1000 }, () => faults.strike(request('a')) !== undefined);
    };

    expect(strikes()).toEqual(strikes());
    expect(strikes().filter(Boolean).length).toBeGreaterThan(250);
    expect(strikes().filter(Boolean).length).toBeLessThan(350);
  });

  it('strikes only what its own test accepts', () => {
    const faults = new Faults();
    faults.add({ route: /./, kind: 'drop', match: ({ query }) => query.get('cql') === 'x' });

    expect(faults.strike(request('a'))).toBeUndefined();
    expect(faults.strike({ ...request('a'), query: new URLSearchParams('cql=x') })).toBeDefined();
  });
});

it('answers a status with Retry-After and a body of any kind, and does nothing', async () => {
  await withSandbox(cloud, async ({ get, sandbox }) => {
    sandbox.faults.add({ route: 'confluence.search', kind: 'status', status: 429, retryAfter: 3, times: 1 });
    sandbox.faults.add({ route: 'confluence.search', kind: 'status', status: 503, body: '<p>busy</p>', times: 1 });
    const first = await get(SEARCH);
    const second = await get(SEARCH);

    expect([first.status, first.headers.get('retry-after'), first.text]).toEqual([429, '3', '']);
    expect([second.status, second.headers.get('content-type')]).toEqual([503, 'text/html;charset=UTF-8']);
    expect((await get(SEARCH)).status).toBe(200);
    expect(sandbox.requests.entries.slice(-3).map(({ status }) => status)).toEqual([429, 503, 200]);
  });
});

it('answers a login page with status 200', async () => {
  await withSandbox(cloud, async ({ get, sandbox }) => {
    sandbox.faults.add({ route: 'confluence.search', kind: 'html' });
    const { status, text } = await get(SEARCH);

    expect([status, text]).toEqual([200, expect.stringContaining('Log in - Confluence')]);
  });
});

it('drops the connection before or after the request is carried out', async () => {
  await withSandbox(cloud, async ({ graphql, sandbox }) => {
    const { unique, faults } = sandbox;
    unique.grant(unique.rootScopeId, 'WRITE');
    faults.add({ route: 'unique.upsert', kind: 'drop', times: 1 });
    faults.add({ route: 'unique.upsert', kind: 'drop-after', times: 1 });
    const input = { key: 'k', title: 't', mimeType: 'm', ownerType: 'SCOPE' };
    const upsert = () => graphql(UPSERT, { input, scopeId: unique.rootScopeId });

    await expect(upsert()).rejects.toThrow('fetch failed');
    expect(unique.contents()).toHaveLength(0);
    await expect(upsert()).rejects.toThrow('fetch failed');
    expect(unique.contents()).toHaveLength(1);
    expect(sandbox.requests.entries.at(-1)).toMatchObject({ route: 'unique.upsert', status: 0 });
  });
});

it('answers late, and drips a body', async () => {
  await withSandbox(cloud, async ({ get, sandbox }) => {
    sandbox.faults.add({ route: 'confluence.search', kind: 'slow', ms: 120, times: 1 });
    const { size } = (await get(SEARCH)).json;
    sandbox.faults.add({ route: 'confluence.search', kind: 'slow-body', bytesPerSecond: 40_000, times: 1 });
    const began = Date.now();
    const dripped = await get(SEARCH);

    expect(sandbox.requests.entries.at(-2)?.durationMs).toBeGreaterThanOrEqual(115);
    expect(dripped.json.size).toBe(size);
    expect(Date.now() - began).toBeGreaterThanOrEqual((dripped.text.length / 40_000) * 1000 * 0.8);
  });
});

it('cuts a body in the middle', async () => {
  await withSandbox(cloud, async ({ sandbox, get }) => {
    const page = sandbox.site.byTitle('Log archive');
    const [file] = sandbox.site.attachmentsOf(page.id);
    const redirect = await get(`/rest/api/content/${page.id}/child/attachment/${file?.id}/download`);
    sandbox.faults.add({ route: 'media.download', kind: 'cut-body', times: 1 });
    const location = redirect.headers.get('location') ?? '';

    await expect(send(location)).rejects.toThrow('terminated');
    expect((await send(location)).text).toContain('all services up');
  });
});

it('answers 504 at once and carries the request out later, unless the sandbox is closed before', async () => {
  const platform = await withSandbox(cloud, async ({ graphql, sandbox }) => {
    const { unique, faults } = sandbox;
    unique.grant(unique.rootScopeId, 'WRITE');
    faults.add({ route: 'unique.upsert', kind: 'delay-apply', ms: 80, times: 1 });
    faults.add({ route: 'unique.upsert', kind: 'delay-apply', ms: 3_600_000, times: 1 });
    const upsert = (key: string) => {
      const input = { key, title: 't', mimeType: 'm', ownerType: 'SCOPE' };
      return graphql(UPSERT, { input, scopeId: unique.rootScopeId });
    };

    expect((await upsert('one')).status).toBe(504);
    expect(unique.contents()).toHaveLength(0);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(unique.contents()).toHaveLength(1);
    await upsert('two');
    return unique;
  });

  expect(platform.contents()).toHaveLength(1);
});

it('carries a delayed upload out with the bytes that were sent', async () => {
  await withSandbox(cloud, async ({ graphql, sandbox }) => {
    const { unique, faults } = sandbox;
    unique.grant(unique.rootScopeId, 'WRITE');
    const input = { key: 'k', title: 't', mimeType: 'm', ownerType: 'SCOPE' };
    const query = UPSERT.replace('{ id }', '{ id writeUrl }');
    const { id, writeUrl } = (await graphql(query, { input, scopeId: unique.rootScopeId })).json.data.contentUpsert;
    faults.add({ route: 'unique.upload', kind: 'delay-apply', ms: 50 });

    const reply = await send(writeUrl, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'late' });
    expect([reply.status, unique.store.file(id)]).toEqual([504, undefined]);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(unique.store.file(id)?.bytes?.toString()).toBe('late');
  });
});

it('lets every field of a document fail when no keys are given', async () => {
  await withSandbox(cloud, async ({ graphql, sandbox }) => {
    sandbox.faults.add({ route: 'unique.scopes', kind: 'graphql-error', message: 'Service unavailable' });
    const { status, json } = await graphql('{ paginatedScope(skip: 0, take: 1, where: {}) { totalCount } }');

    expect([status, json.data]).toEqual([200, null]);
    expect(json.errors[0]).toMatchObject({ message: 'Service unavailable', path: ['paginatedScope'] });
  });
});

it('holds requests until the gate opens, and carries them out also when the sender got no answer', async () => {
  await withSandbox(cloud, async ({ graphql, sandbox }) => {
    const { faults, unique } = sandbox;
    unique.grant(unique.rootScopeId, 'WRITE');
    const gates = [new Gate(), new Gate()] as const;
    faults.add({ route: 'unique.upsert', kind: 'hold', gate: gates[0], times: 1 });
    faults.add({ route: 'unique.upsert', kind: 'hold', gate: gates[1], times: 1, isUnanswered: true });
    const upsert = (key: string) => {
      const input = { key, title: 't', mimeType: 'm', ownerType: 'SCOPE' };
      return graphql(UPSERT, { input, scopeId: unique.rootScopeId });
    };

    const answered = upsert('one');
    await gates[0].reached;
    await expect(upsert('two')).rejects.toThrow();
    expect(unique.contents()).toHaveLength(0);
    for (const gate of gates) gate.open();
    expect((await answered).status).toBe(200);
    while (unique.contents().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
