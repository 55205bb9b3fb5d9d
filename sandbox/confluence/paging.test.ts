import { generateSite } from '../site/generate-site';
import { type Row, searchPath, withSandbox } from '../sandbox-fixture';

const LABELLED = 'label = "ai-ingest"';
const TWELVE = { spaces: 1, pagesPerSpace: 12, attachmentEvery: 0, bodyBytes: 200, attachmentBytes: 0, seed: 1 };
const cloud = () => ({ flavor: 'cloud' as const, site: generateSite(TWELVE) });
const dataCenter = (pagesPerSpace = 12) => ({
  flavor: 'data-center' as const,
  site: generateSite({ ...TWELVE, pagesPerSpace }),
});

const ids = (rows: readonly Row[]) => rows.map(({ id }) => id);

describe('Cloud', () => {
  it('ignores start and gives all rows to who follows next, which is relative to the application', async () => {
    await withSandbox(cloud(), async ({ get, searchAll }) => {
      const first = (await get(searchPath(LABELLED, '&limit=5'))).json;
      const shifted = (await get(searchPath(LABELLED, '&limit=5&start=5'))).json;

      expect(ids(shifted.results)).toEqual(ids(first.results));
      expect(first._links.next).toMatch(/^\/rest\/api\/content\/search\?next=true&cursor=_sa_/);
      expect(first).toMatchObject({ limit: 5, size: 5, _links: { context: '/wiki' } });
      expect(new Set(ids(await searchAll(LABELLED, '&limit=5'))).size).toBe(12);
    });
  });

  it('has no next on the last page', async () => {
    await withSandbox(cloud(), async ({ get }) => {
      expect((await get(searchPath(LABELLED, '&limit=12'))).json._links).not.toHaveProperty('next');
    });
  });

  it('carries expand in next unless the switch drops it', async () => {
    await withSandbox(cloud(), async ({ get, sandbox }) => {
      const next = async () => (await get(searchPath(LABELLED, '&limit=5&expand=version'))).json._links.next as string;

      expect(await next()).toContain('expand=version');
      sandbox.switches.nextDropsExpand = true;
      expect(await next()).not.toContain('expand');
    });
  });

  it('goes on after the last row when rows before it are gone', async () => {
    await withSandbox(cloud(), async ({ get, sandbox }) => {
      const first = (await get(searchPath(LABELLED, '&limit=5'))).json;
      sandbox.site.trash(first.results[0].id);

      const second = (await get(first._links.next)).json;

      const all = [...sandbox.site.contents()].map(({ id }) => id);
      expect(ids(second.results)).toEqual(all.slice(5, 10));
    });
  });

  it.each([
    ['shortPages', [3, 3, 3, 3]],
    ['emptyPageWithNext', [5, 0, 5, 0, 2]],
    ['repeatRowsAcrossPages', [5, 5, 4]],
  ] as const)('shows the trap %s', async (trap, sizes) => {
    await withSandbox(cloud(), async ({ get, sandbox, searchAll }) => {
      sandbox.switches[trap] = true;
      const seen: number[] = [];
      let next: string | undefined = searchPath(LABELLED, '&limit=5');
      while (next !== undefined && seen.length < 10) {
        const { json } = await get(next);
        seen.push(json.size);
        next = json._links.next;
      }

      expect(seen).toEqual(sizes);
      expect(new Set(ids(await searchAll(LABELLED, '&limit=5'))).size).toBe(12);
    });
  });

  it('repeats the cursor for ever when told to', async () => {
    await withSandbox(cloud(), async ({ get, sandbox }) => {
      sandbox.switches.repeatCursor = true;
      const first = (await get(searchPath(LABELLED, '&limit=5'))).json;
      const second = (await get(first._links.next)).json;

      expect(second._links.next).toBe(first._links.next);
      expect(ids(second.results)).toEqual(ids(first.results));
    });
  });

  it('mixes strange rows in when told to', async () => {
    await withSandbox(cloud(), async ({ get, sandbox }) => {
      Object.assign(sandbox.switches, { unknownTypeRow: true, rowWithoutLabels: true });
      const { results } = (await get(searchPath(LABELLED, '&expand=metadata.labels'))).json;

      expect(results[0].type).toBe('ac:com.example.boards:board');
      expect(results[1].metadata).not.toHaveProperty('labels');
      expect(results[2].metadata.labels.results[0].name).toBe('ai-ingest');
    });
  });

  it('changes the order of equal rows from search to search, not within one', async () => {
    await withSandbox(cloud(), async ({ get, sandbox, searchAll }) => {
      sandbox.switches.unstableOrder = true;
      const first = ids((await get(searchPath(LABELLED))).json.results);
      const second = ids((await get(searchPath(LABELLED))).json.results);

      expect(second).not.toEqual(first);
      expect(new Set(second)).toEqual(new Set(first));
      expect(new Set(ids(await searchAll(LABELLED, '&limit=5'))).size).toBe(12);
    });
  });

  it('answers 504 in HTML for more bodies than the gateway bears, and halves work', async () => {
    await withSandbox(cloud(), async ({ get, sandbox }) => {
      sandbox.switches.bodyGatewayErrorAbove = 6;
      const heavy = await get(searchPath(LABELLED, '&limit=12&expand=body.storage'));
      const half = await get(searchPath(LABELLED, '&limit=6&expand=body.storage'));

      expect([heavy.status, heavy.headers.get('content-type')]).toEqual([504, 'text/html;charset=UTF-8']);
      expect(half.json.results[5].body.storage.value).toContain('<h1>');
    });
  });

  it.each([
    ['cql missing', '/rest/api/content/search?limit=5', 400, 'cql query parameter is required'],
    ['CQL syntax', searchPath('label ='), 400, 'exceptions.api.BadRequestException: Could not parse cql : label ='],
    ['unknown field', searchPath('status = current'), 400, "No field exists with the name: 'status'"],
    ['negative limit', searchPath(LABELLED, '&limit=-1'), 400, 'limit cannot be less than zero'],
    ['foreign cursor', searchPath(LABELLED, '&cursor=_sa_abc'), 400, 'XP-Search Aggregator API'],
    ['limit that is no number', searchPath(LABELLED, '&limit=x'), 404, ''],
  ])('refuses %s as the product does', async (_case, path, status, message) => {
    await withSandbox(cloud(), async ({ get }) => {
      const reply = await get(path);

      expect(reply.status).toBe(status);
      if (message === '') expect(reply.text).toBe('');
      else expect(reply.json).toMatchObject({ statusCode: status, message: expect.stringContaining(message) });
    });
  });
});

describe('Data Center', () => {
  it('pages by start and limit, next relative to the base URL', async () => {
    await withSandbox(dataCenter(), async ({ get, searchAll, sandbox }) => {
      const first = (await get(searchPath(LABELLED, '&limit=5'))).json;

      expect(first).toMatchObject({ start: 0, limit: 5, size: 5, _links: { context: '/confluence' } });
      expect(first._links.base).toBe(sandbox.confluenceUrl);
      expect(first._links.next).toBe(`/rest/api/content/search?limit=5&start=5&cql=${encodeURIComponent(LABELLED)}`);
      expect(new Set(ids(await searchAll(LABELLED, '&limit=5'))).size).toBe(12);
    });
  });

  it.each([
    ['body.storage', 50],
    ['version', 200],
    ['', 1000],
  ])('lowers limit silently with expand=%s and skips rows in next', async (expand, cap) => {
    await withSandbox(dataCenter(1300), async ({ get, searchAll }) => {
      const { json } = await get(searchPath(LABELLED, `&limit=1200&expand=${expand}`));

      expect([json.limit, json.size]).toEqual([cap, cap]);
      expect(json._links.next).toContain('start=1200');
      expect(await searchAll(LABELLED, `&limit=1200&expand=${expand}`)).toHaveLength(1300);
    });
  });

  it('says another base than the one that is called when told to', async () => {
    await withSandbox(dataCenter(), async ({ get, sandbox }) => {
      sandbox.switches.baseMismatch = true;

      expect((await get(searchPath(LABELLED))).json._links.base).toBe('http://confluence.internal:8090/confluence');
    });
  });
});
