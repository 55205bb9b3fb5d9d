import { buffer } from 'node:stream/consumers';
import { rejection } from '../http/server-fixture';
import { createBudget, createMemoryBudgetLedger } from '../http/budget';
import { type Flavor, type Sandbox, Site, startSandbox, type SandboxOptions } from '../sandbox';
import { type ConfluenceAuth, type ConfluenceClient, createConfluenceClient } from './client';
import type { ContentListing } from './content';
import { walkListing } from './walk';

interface SiteUnderTest {
  readonly client: ConfluenceClient;
  readonly sandbox: Sandbox;
}

/** Runs `work` against an emulated site that holds what `fill` puts there. */
async function withSandbox(options: SandboxOptions, work: (site: SiteUnderTest) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox(options);
  const client = clientOf(sandbox);
  try {
    await work({ client, sandbox });
  } finally {
    client.close();
    await sandbox.close();
  }
}

function clientOf(sandbox: Sandbox): ConfluenceClient {
  const { confluence } = sandbox.tenantConfig() as {
    confluence: Record<string, unknown> & { auth: Record<string, string> };
  };
  const secret = (name: string) => () => {
    const value = confluence.auth[name] ?? '';
    return sandbox.environment[value.replace('os.environ/', '')] ?? value;
  };
  const auth: Record<string, ConfluenceAuth> = {
    oauth_2lo: { mode: 'oauth_2lo', clientId: confluence.auth['clientId'] ?? '', clientSecret: secret('clientSecret') },
    pat: { mode: 'pat', token: secret('token') },
    basic: { mode: 'basic', username: secret('username'), password: secret('password') },
  };
  return createConfluenceClient({
    instanceType: sandbox.flavor,
    baseUrl: sandbox.confluenceUrl,
    apiUrl: sandbox.apiUrl,
    ...(typeof confluence['cloudId'] === 'string' && { cloudId: confluence['cloudId'] }),
    auth: auth[confluence.auth['mode'] ?? ''] ?? { mode: 'pat', token: () => '' },
    budget: createBudget({ requestsPerMinute: 600_000, ledger: createMemoryBudgetLedger(), target: 'site' }),
    labels: { single: 'ai-ingest', all: 'ai-ingest-all' },
    attachments: true,
  });
}

async function all(fetchPage: (cursor: string | undefined) => Promise<ContentListing>): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { rows } of walkListing(fetchPage, { maxEmptyPages: 10 })) ids.push(...rows.map(({ id }) => id));
  return ids.sort();
}

const labelled = (client: ConfluenceClient) =>
  all((cursor) => client.searchLabelled(cursor === undefined ? {} : { cursor }));
const below = (client: ConfluenceClient, rootId: string) =>
  all((cursor) => client.searchDescendants({ rootIds: [rootId], ...(cursor !== undefined && { cursor }) }));

/** A space with 450 labelled pages, and a tree of 260 below a root. */
function bigSite(): { site: Site; labelledIds: readonly string[]; rootId: string; treeIds: readonly string[] } {
  const site = new Site();
  site.addSpace({ key: 'ENG', name: 'Engineering' });
  const page = (title: string, labels: readonly string[], parentId?: string) =>
    site.addPage({
      spaceKey: 'ENG',
      title,
      labels,
      body: `<p>${title}</p>`,
      ...(parentId !== undefined && { parentId }),
    }).id;
  const rootId = page('Root', ['ai-ingest-all']);
  const treeIds = Array.from({ length: 260 }, (_, i) => page(`Below ${i}`, [], rootId));
  const labelledIds = [rootId, ...Array.from({ length: 450 }, (_, i) => page(`Page ${i}`, ['ai-ingest', 'x']))];
  return { site, labelledIds: [...labelledIds].sort(), rootId, treeIds: [...treeIds].sort() };
}

describe.each<Flavor>(['cloud', 'data-center'])('Against an emulated %s site', (flavor) => {
  test('listings are complete, also with every paging trap set', async () => {
    const { site, labelledIds, rootId, treeIds } = bigSite();
    await withSandbox({ flavor, site }, async ({ client, sandbox }) => {
      expect(await labelled(client)).toEqual(labelledIds);
      expect(await below(client, rootId)).toEqual(treeIds);
      Object.assign(sandbox.switches, {
        shortPages: true,
        emptyPageWithNext: true,
        repeatRowsAcrossPages: true,
        nextDropsExpand: true,
        baseMismatch: true,
      });
      expect(await labelled(client)).toEqual(labelledIds);
      expect(await below(client, rootId)).toEqual(treeIds);
    });
  });

  test('rows tell what the pages are', async () => {
    const site = new Site();
    site.addSpace({ key: 'ENG', name: 'Engineering', id: 98_306 });
    const when = Date.parse('2026-03-01T10:00:00.000Z');
    const { id } = site.addPage({
      spaceKey: 'ENG',
      title: 'Grüße & "Co"',
      labels: ['ai-ingest', 'b'],
      body: '<p>ä</p>',
      when,
    });
    site.addAttachment(id, { title: 'a b.pdf', mediaType: 'application/pdf', bytes: Buffer.from('pdf'), when });
    await withSandbox({ flavor, site }, async ({ client }) => {
      const listing = await client.searchLabelled({ spaceKey: 'ENG' });
      expect(listing.unknown).toEqual([]);
      expect(listing.rows).toEqual([
        expect.objectContaining({
          id,
          type: 'page',
          title: 'Grüße & "Co"',
          space: { id: '98306', key: 'ENG', name: 'Engineering', type: 'global' },
          version: 1,
          updatedAt: '2026-03-01T10:00:00.000Z',
          hasMoreAttachments: false,
        }),
      ]);
      const [row] = listing.rows;
      expect([...(row?.labels ?? [])].sort()).toEqual(['ai-ingest', 'b']);
      expect(row?.attachments).toEqual([
        expect.objectContaining({
          title: 'a b.pdf',
          mediaType: 'application/pdf',
          fileSize: 3,
          version: 1,
          updatedAt: '2026-03-01T10:00:00.000Z',
        }),
      ]);
      const [page] = await client.readPages([id]);
      expect(page).toMatchObject({
        id,
        title: 'Grüße & "Co"',
        version: 1,
        updatedAt: row?.updatedAt,
        space: row?.space,
        body: '<p>ä</p>',
      });
      expect(await client.searchLabelled({ spaceKey: 'OTHER' })).toEqual({ rows: [], unknown: [] });
    });
  });

  test('all attachments of a page and of a blog post are found, and their bytes are theirs', async () => {
    const site = new Site();
    site.addSpace({ key: 'ENG' });
    for (const type of ['page', 'blogpost']) {
      const { id } = site.addPage({ spaceKey: 'ENG', title: type, type, labels: ['ai-ingest'] });
      for (let i = 0; i < 60; i++) {
        const mediaType = i % 2 ? 'text/html' : 'text/plain';
        site.addAttachment(id, { title: `Datei ${i} ä+%.html`, mediaType, bytes: Buffer.from(`${type} ${i}`) });
      }
    }
    await withSandbox({ flavor, site }, async ({ client }) => {
      const { rows } = await client.searchLabelled({});
      expect(rows.map(({ type }) => type).sort()).toEqual(['blogpost', 'page']);
      for (const { id, type, attachments, hasMoreAttachments } of rows) {
        expect([attachments.length, hasMoreAttachments]).toEqual([25, true]);
        const titles: string[] = [];
        const fetchPage = (cursor: string | undefined) =>
          client.listAttachments({ pageId: id, pageType: type, cursor });
        for await (const page of walkListing(fetchPage, { maxEmptyPages: 3 })) {
          titles.push(...page.rows.map(({ title }) => title));
          const last = page.rows.at(-1);
          const { stream, length } = await client.openAttachment({
            pageId: id,
            attachmentId: last?.id ?? '',
            downloadPath: last?.downloadPath,
          });
          const bytes = String(await buffer(stream));
          expect(bytes).toBe(`${type} ${/\d+/.exec(last?.title ?? '')?.[0]}`);
          expect(length).toBe(bytes.length);
        }
        expect(new Set(titles).size).toBe(60);
      }
    });
  });

  test('B-050 W-36 bodies are read in bulk, in smaller parts where the gateway gives up, and without what is gone', async () => {
    const { site, treeIds } = bigSite();
    await withSandbox({ flavor, site }, async ({ client, sandbox }) => {
      const wanted = treeIds.slice(0, 100);
      sandbox.requests.reset();
      expect(await client.readPages(wanted)).toHaveLength(100);
      expect(sandbox.requests.count('confluence.body')).toBe(2);
      sandbox.switches.bodyGatewayErrorAbove = 7;
      site.trash(wanted[3] ?? '');
      const pages = await client.readPages(wanted);
      expect(pages.map(({ id }) => id).sort()).toEqual(wanted.filter((id) => id !== wanted[3]));
    });
  });

  test('W-67 a listing that is too heavy with attachments brings fewer rows, and at last none of them', async () => {
    const { site, labelledIds } = bigSite();
    await withSandbox({ flavor, site }, async ({ client, sandbox }) => {
      const rows = async () => {
        const found: ContentListing['rows'][number][] = [];
        const fetchPage = (cursor: string | undefined) => client.searchLabelled(cursor === undefined ? {} : { cursor });
        for await (const page of walkListing(fetchPage, { maxEmptyPages: 3 })) found.push(...page.rows);
        return found;
      };
      sandbox.switches.attachmentsGatewayErrorAbove = 60;
      const fewer = await rows();
      expect(fewer.map(({ id }) => id).sort()).toEqual(labelledIds);
      expect(fewer.some(({ hasMoreAttachments }) => hasMoreAttachments)).toBe(false);
      sandbox.switches.attachmentsGatewayErrorAbove = 3;
      const bare = await rows();
      expect(bare.map(({ id }) => id).sort()).toEqual(labelledIds);
      // Nothing is known of their attachments, so each page's are asked for.
      expect(bare.filter(({ hasMoreAttachments }) => hasMoreAttachments).length).toBeGreaterThan(440);
      // What comes behind such a page has its attachments again.
      const first = await client.searchLabelled({});
      sandbox.switches.attachmentsGatewayErrorAbove = 0;
      const second = await client.searchLabelled({ cursor: first.next ?? '' });
      expect(second.rows[0]?.hasMoreAttachments).toBe(false);
    });
  });

  test('a row of an unknown type is a row, one without labels is set aside', async () => {
    const { site } = bigSite();
    await withSandbox({ flavor, site }, async ({ client, sandbox }) => {
      Object.assign(sandbox.switches, { unknownTypeRow: true });
      expect((await client.searchLabelled({})).rows.map(({ type }) => type)).toContain('ac:com.example.boards:board');
      Object.assign(sandbox.switches, { unknownTypeRow: false, rowWithoutLabels: true });
      const { rows, unknown } = await client.searchLabelled({});
      expect(rows.length).toBeGreaterThan(90);
      expect(unknown).toEqual([{ id: expect.any(String), reason: 'metadata.labels is missing or cut' }]);
    });
  });

  test.each([
    ['a time-out of the gateway', { kind: 'status', status: 504 }, { name: 'UnavailableError', status: 504 }],
    ['a rate limit', { kind: 'status', status: 429, retryAfter: 1 }, { name: 'RateLimitedError', retryAfterMs: 1_000 }],
    ['a broken connection', { kind: 'drop' }, { name: 'UnavailableError', answered: false }],
    ['a cut answer', { kind: 'cut-body' }, { name: 'UnavailableError', answered: false }],
    ['a login page', { kind: 'html' }, { name: 'UnauthorizedError' }],
  ] as const)('%s is what it is', async (_name, fault, expected) => {
    const { site } = bigSite();
    await withSandbox({ flavor, site }, async ({ client, sandbox }) => {
      sandbox.faults.add({ route: 'confluence.search', ...fault });
      expect(await rejection(client.searchLabelled({}))).toMatchObject(expected);
    });
  });

  test('access is proven, and the instance named', async () => {
    await withSandbox({ flavor, site: bigSite().site }, async ({ client }) => {
      const { tokenExpiresAt } = await client.checkAccess();
      expect(tokenExpiresAt === undefined).toBe(flavor === 'data-center');
      expect(await client.instanceId()).toMatch(/^[0-9a-f-]{36}$/);
    });
  });
});

describe('Against an emulated Cloud site', () => {
  test('a token that ends, however that is said, is renewed in passing', async () => {
    for (const expiredToken of ['gateway', 'application'] as const) {
      await withSandbox({ flavor: 'cloud', site: bigSite().site }, async ({ client, sandbox }) => {
        Object.assign(sandbox.switches, { expiredToken });
        await client.searchLabelled({});
        sandbox.site.clock.shift(2 * 3_600_000);
        expect((await client.searchLabelled({})).rows).toHaveLength(100);
        expect(sandbox.requests.count('confluence.token')).toBe(2);
      });
    }
  });

  test('a missing scope is named', async () => {
    await withSandbox({ flavor: 'cloud', site: bigSite().site }, async ({ client, sandbox }) => {
      sandbox.switches.scopes = ['read:attachment:confluence'];
      expect(await rejection(client.searchLabelled({}))).toMatchObject({
        name: 'ForbiddenScopeError',
        missing: 'search:confluence',
      });
    });
  });
});

describe('Against an emulated Data Center', () => {
  test.each(['pat', 'basic', 'oauth_2lo'] as const)('%s gets in', async (confluenceAuth) => {
    await withSandbox({ flavor: 'data-center', confluenceAuth, site: bigSite().site }, async ({ client }) => {
      await client.checkAccess();
      expect((await client.searchLabelled({})).rows).toHaveLength(200);
    });
  });
});

describe('Data Center’s rate limiting', () => {
  test.each(['429', '403'] as const)(
    'W-41 is told apart from a missing permission when it answers %s',
    async (refusal) => {
      const sandbox = await startSandbox({ flavor: 'data-center' });
      const client = clientOf(sandbox);
      try {
        Object.assign(sandbox.switches, { bucketSize: 1, bucketRefusal: refusal });
        // The bucket does not fill meanwhile.
        sandbox.site.clock.shift(-3_600_000);
        const refused = await Promise.allSettled([1, 2].map(() => client.searchLabelled({})));
        const reasons = refused.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
        expect(reasons).toMatchObject([{ name: 'RateLimitedError', status: Number(refusal), retryAfterMs: 1_000 }]);
      } finally {
        client.close();
        await sandbox.close();
      }
    },
  );

  test('W-41 slows requests down before it refuses one', async () => {
    const sandbox = await startSandbox({ flavor: 'data-center' });
    const client = clientOf(sandbox);
    try {
      // Our own budget lets all of them go at once.
      sandbox.switches.bucketSize = 3;
      for (let i = 0; i < 5; i++) await client.searchLabelled({});
      expect(sandbox.requests.entries.filter(({ status }) => status !== 200)).toEqual([]);
    } finally {
      client.close();
      await sandbox.close();
    }
  });
});
