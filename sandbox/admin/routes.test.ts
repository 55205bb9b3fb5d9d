import { type Reply, send, withSandbox } from '../sandbox-fixture';

const cloud = { flavor: 'cloud' } as const;

function json(method: string, body: unknown): RequestInit {
  return { method, body: JSON.stringify(body) };
}

it('edits the site: pages, labels, files, trash', async () => {
  await withSandbox(cloud, async ({ sandbox }) => {
    const { site, confluenceUrl } = sandbox;
    const ask = (path: string, init?: RequestInit): Promise<Reply> => send(`${confluenceUrl}/_sandbox${path}`, init);
    const added = await ask('/pages', json('POST', { spaceKey: 'ENG', title: 'Added', labels: ['ai-ingest'] }));
    const { id } = added.json;

    expect(added.status).toBe(201);
    await ask(`/pages/${id}`, json('POST', { labels: ['other'] }));
    expect(site.content(id)).toMatchObject({ labels: ['other'], version: { number: 1 } });
    await ask(`/pages/${id}`, json('POST', { body: '<p>New</p>' }));
    expect(site.content(id)).toMatchObject({ body: '<p>New</p>', title: 'Added', version: { number: 2 } });
    for (const body of ['one', 'two']) {
      await ask(`/pages/${id}/attachments?title=a%20b.txt&mediaType=text/plain`, { method: 'POST', body });
    }
    expect(site.attachmentsOf(id)).toMatchObject([
      { title: 'a b.txt', bytes: Buffer.from('two'), version: { number: 2 } },
    ]);
    await ask(`/pages/${id}`, { method: 'DELETE' });
    expect(site.content(id).status).toBe('trashed');
  });
});

it('shows what Unique holds, bytes included', async () => {
  await withSandbox(cloud, async ({ sandbox }) => {
    const { unique, confluenceUrl } = sandbox;
    unique.addContent({ key: 't/1_A/2::att3', scopeId: unique.rootScopeId, bytes: Buffer.from('hello') });
    const control = `${confluenceUrl}/_sandbox`;
    const [content] = (await send(`${control}/contents`)).json;

    expect(content).toMatchObject({ key: 't/1_A/2::att3', byteSize: 5, ingestionState: 'FINISHED' });
    expect(content).not.toHaveProperty('bytes');
    const key = encodeURIComponent('t/1_A/2::att3');
    expect((await send(`${control}/contents/bytes?key=${key}`)).text).toBe('hello');
    expect((await send(`${control}/contents/${key}/bytes`)).text).toBe('hello');
    expect((await send(`${control}/scopes`)).json).toContainEqual(
      expect.objectContaining({ id: unique.rootScopeId, path: '/Knowledge/Confluence' }),
    );
  });
});

it('takes faults and switches, and says what is wrong with others', async () => {
  await withSandbox(cloud, async ({ get, sandbox }) => {
    const control = `${sandbox.confluenceUrl}/_sandbox`;
    const path = '/rest/api/content/search?cql=label%3Dx';
    await send(`${control}/faults`, json('POST', { route: '/^confluence[.]/', kind: 'status', status: 500, times: 5 }));
    expect((await get(path)).status).toBe(500);
    await send(`${control}/faults`, { method: 'DELETE' });
    expect((await get(path)).status).toBe(200);
    await send(`${control}/switches`, json('POST', { indexLagMs: 5, v1Removed: 'gone' }));
    expect(sandbox.switches).toMatchObject({ indexLagMs: 5, v1Removed: 'gone', shortPages: false });

    const unknown = await send(`${control}/switches`, json('POST', { indexLag: 5 }));
    expect([unknown.status, unknown.json.message]).toEqual([400, expect.stringContaining('indexLag')]);
    expect((await send(`${control}/faults`, json('POST', { route: 'x', kind: 'boom' }))).status).toBe(400);
    expect((await send(`${control}/pages/1`, { method: 'POST', body: 'no json' })).json.message).toBe(
      'The body is not JSON.',
    );
    expect((await send(`${control}/pages/1`, { method: 'DELETE' })).status).toBe(404);
  });
});

it('counts requests by route, without its own, and keeps no token', async () => {
  await withSandbox(cloud, async ({ get, sandbox }) => {
    const page = sandbox.site.byTitle('Log archive');
    const [file] = sandbox.site.attachmentsOf(page.id);
    const redirect = await get(`/rest/api/content/${page.id}/child/attachment/${file?.id}/download`);
    await send(redirect.headers.get('location') ?? '');
    const { totals, latest } = (await send(`${sandbox.confluenceUrl}/_sandbox/requests`)).json;

    expect(totals).toEqual({ 'confluence.token': 1, 'unique.token': 1, 'confluence.download': 1, 'media.download': 1 });
    expect(latest.at(-1)).toMatchObject({ route: 'media.download', status: 200 });
    expect(latest.at(-1).path).toMatch(/\?token=…&client=…&name=log-01\.txt$/);
    sandbox.requests.reset();
    expect(sandbox.requests.count()).toBe(0);
  });
});

it('helps', async () => {
  await withSandbox({ flavor: 'data-center' }, async ({ sandbox }) => {
    const { origin } = new URL(sandbox.confluenceUrl);

    expect((await send(`${origin}/_sandbox`)).json).toHaveProperty('POST /_sandbox/faults');
  });
});
