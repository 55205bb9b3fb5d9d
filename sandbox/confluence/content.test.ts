import { searchPath, withSandbox } from '../sandbox-fixture';

it.each(['cloud', 'data-center'] as const)(
  '%s searches see a change only after the lag, reads at once',
  async (flavor) => {
    await withSandbox({ flavor }, async ({ get, sandbox, searchAll }) => {
      const { site, switches } = sandbox;
      switches.indexLagMs = 20_000;
      const read = async (id: string) => {
        if (flavor === 'data-center') return get(`/rest/api/content/${id}?expand=metadata.labels`);
        switches.scopes = ['search:confluence', 'read:page:confluence'];
        return get(`/api/v2/pages/${id}`);
      };
      const titles = async () => (await searchAll('label = "fresh"')).map(({ title }) => title);
      const glossary = site.byTitle('Glossary');
      site.setLabels(glossary.id, ['fresh']);
      const page = site.addPage({ spaceKey: 'ENG', title: 'New', labels: ['fresh'] });

      expect((await read(page.id)).status).toBe(200);
      expect(await titles()).toEqual([]);
      site.clock.shift(20_000);
      expect(await titles()).toEqual(['Glossary', 'New']);

      site.purge(page.id);
      site.archive(glossary.id);
      expect((await read(page.id)).status).toBe(404);
      expect(await titles()).toEqual(['Glossary', 'New']);
      site.clock.shift(20_000);
      expect(await titles()).toEqual([]);
    });
  },
);

it('shows the labels of now in a row that the index still finds by one of yesterday', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
    sandbox.switches.indexLagMs = 60_000;
    const { id } = sandbox.site.byTitle('Glossary');
    sandbox.site.setLabels(id, ['other']);
    const { results } = (await get(searchPath(`label = "terms"`, '&expand=metadata.labels'))).json;

    expect(results[0].id).toBe(id);
    expect(results[0].metadata.labels.results.map(({ name }: { name: string }) => name)).toEqual(['other']);
  });
});

it('leaves hidden, archived and trashed content out of searches, and says 404 by id', async () => {
  await withSandbox({ flavor: 'data-center' }, async ({ get, sandbox, searchAll }) => {
    const { site } = sandbox;
    const handbook = site.byTitle('Engineering handbook');
    const runbook = site.byTitle('Database failover');
    const count = async () => (await searchAll(`ancestor = ${handbook.id} and type = page`)).length;
    const all = await count();

    site.hide(site.byTitle('Operations').id);
    expect(await count()).toBe(all - 5);
    const hidden = await get(`/rest/api/content/${runbook.id}`);
    expect([hidden.status, hidden.json.reason]).toEqual([404, 'Not Found']);
    expect(hidden.json.message).toContain(`No content found with id : ContentId{id=${runbook.id}}`);
    site.unhide(site.byTitle('Operations').id);

    site.trash(runbook.id);
    expect(await count()).toBe(all - 1);
    const trashed = await get(`/rest/api/content/${runbook.id}`);
    expect(trashed.json.message).toContain('there is a content object with status : trashed');
    expect((await get(`/rest/api/content/${runbook.id}?status=trashed`)).json.status).toBe('trashed');
    site.setSpaceStatus('ENG', 'archived');
    expect(await count()).toBe(0);
  });
});

it('shows only what is expanded and names the rest', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
    const { id } = sandbox.site.byTitle('ADR 1: R&D / 100% "plain" C++');
    const row = async (expand: string) => (await get(searchPath(`id = ${id}`, `&expand=${expand}`))).json.results[0];
    const bare = await row('');

    expect(Object.keys(bare)).toEqual(
      expect.not.arrayContaining(['space', 'version', 'body', 'metadata', 'ancestors', 'history', 'children']),
    );
    expect(bare._expandable).toMatchObject({ space: '/rest/api/space/ENG', version: '', body: '' });
    expect(bare._links.webui).toBe(`/spaces/ENG/pages/${id}/ADR+1%3A+R%26D+%2F+100%25+%22plain%22+C%2B%2B`);

    const full = await row('body.storage,space,version,history,ancestors,metadata.labels,children.attachment');
    expect(full.space).toMatchObject({ id: expect.any(Number), key: 'ENG', type: 'collaboration' });
    expect(full.ancestors.map(({ title }: { title: string }) => title)).toEqual([
      'Engineering handbook',
      'Architecture',
      'Decisions',
    ]);
    expect(full.body.storage).toMatchObject({
      representation: 'storage',
      value: expect.stringContaining('ac:name="code"'),
    });
    expect(full.children.attachment.results[0].title).toBe('Minutes.docx');
    expect(full.metadata.labels).toMatchObject({ results: [], limit: 200, size: 0 });
  });
});

it('gives folders no body', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ get }) => {
    const { results } = (await get(searchPath('type = folder', '&expand=body.storage'))).json;

    expect(results[0]).toMatchObject({ type: 'folder', title: 'Policies' });
    expect(results[0].body).not.toHaveProperty('storage');
  });
});

it('finds pages by space and title on Data Center, and says when there is no such space', async () => {
  await withSandbox({ flavor: 'data-center' }, async ({ get }) => {
    const found = (await get(`/rest/api/content?spaceKey=HR&title=${encodeURIComponent('東京オフィス')}&type=page`))
      .json;
    const none = (await get('/rest/api/content?spaceKey=HR&title=Nowhere')).json;
    const nowhere = await get('/rest/api/content?spaceKey=X&title=Y');

    expect([found.size, found.results[0].title, none.size]).toEqual([1, '東京オフィス', 0]);
    expect([nowhere.status, nowhere.json.message]).toEqual([404, 'No space with key : X']);
  });
});

it('shows a trashed page by v2, without its parent', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
    sandbox.switches.scopes = ['read:page:confluence'];
    const { id } = sandbox.site.byTitle('Parental leave');
    sandbox.site.trash(id);

    expect((await get(`/api/v2/pages/${id}?body-format=storage`)).json).toMatchObject({
      status: 'trashed',
      parentId: null,
      body: { storage: { value: expect.stringContaining('Sixteen weeks') } },
    });
    expect((await get(`/api/v2/pages?id=${id}`)).json.results).toEqual([]);
    expect((await get(`/api/v2/pages?id=${id}&status=trashed`)).json.results).toHaveLength(1);
  });
});

it('lists fewer labels in search rows than there are when told to, and all of them by id', async () => {
  await withSandbox({ flavor: 'data-center' }, async ({ get, sandbox }) => {
    sandbox.switches.labelTruncation = 1;
    const { id } = sandbox.site.byTitle('Engineering handbook');
    const names = ({ metadata }: { metadata: { labels: { results: { name: string }[] } } }) =>
      metadata.labels.results.map(({ name }) => name);
    const { results } = (await get(searchPath('space = ENG', '&expand=metadata.labels'))).json;

    expect(names(results.find((row: { readonly id: string }) => row.id === id))).toEqual(['ai-ingest-all']);
    expect(names((await get(`/rest/api/content/${id}?expand=metadata.labels`)).json)).toEqual([
      'ai-ingest-all',
      'handbook',
    ]);
  });
});

it('calls reads of bodies by another name than searches, so that faults can strike them alone', async () => {
  await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
    sandbox.faults.add({ route: 'confluence.body', kind: 'status', status: 500 });

    expect((await get(searchPath('label = "terms"', '&expand=version'))).status).toBe(200);
    expect((await get(searchPath('label = "terms"', '&expand=version,body.storage'))).status).toBe(500);
    expect(sandbox.requests.totals()).toMatchObject({ 'confluence.search': 1, 'confluence.body': 1 });
  });
});

it('lists spaces, says its version, and names paths that it does not know', async () => {
  await withSandbox({ flavor: 'data-center' }, async ({ get, sandbox }) => {
    const { results } = (await get('/rest/api/space?spaceKey=ENG&spaceKey=KB&type=global')).json;
    expect(results.map(({ key, id }: { key: string; id: unknown }) => [key, typeof id])).toEqual([
      ['ENG', 'number'],
      ['KB', 'number'],
    ]);
    expect((await get('/rest/api/server-information')).json.version).toBe('10.2.1');
    sandbox.switches.dataCenterVersion = '7.19.30';
    expect((await get('/rest/api/server-information')).json['status-code']).toBe(404);
    expect((await get('/rest/api/nothing')).json.message).toContain('null for uri: ');
    expect((await get('/rest/api/content/1/nothing')).headers.get('content-type')).toContain('text/html');
  });
  await withSandbox({ flavor: 'cloud' }, async ({ get, sandbox }) => {
    sandbox.switches.scopes = ['read:space:confluence'];
    const { results } = (await get('/api/v2/spaces?keys=kb,eng')).json;
    expect(results.map(({ id, type }: { id: unknown; type: string }) => [typeof id, type])).toEqual([
      ['string', 'collaboration'],
      ['string', 'knowledge_base'],
    ]);
    expect((await get('/rest/api/nothing')).json['status-code']).toBe(404);
  });
});
