import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Gate, Site } from '../../sandbox';
import { expectedItems, storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';
import { until } from '../until';

/** What the connector that ships with Unique does as well, seen from Confluence and Unique. */

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

const FLAVORS = ['cloud', 'data-center'] as const;

function smallSite(): Site {
  const site = new Site();
  site.addSpace({ key: 'ENG', name: 'Engineering' });
  site.addSpace({ key: 'OPS', name: 'Operations' });
  const root = page(site, 'ENG', 'Root', { labels: ['ai-ingest-all', 'b', 'a'] });
  page(site, 'ENG', 'Below', { parentId: root, labels: [] });
  for (let i = 0; i < 6; i++) page(site, 'ENG', `Page ${i}`);
  addFile(site, root, 'a b.txt');
  // Nothing of this page is ingested but its file.
  addFile(site, page(site, 'OPS', 'Only a file', { body: '' }), 'only.txt');
  return site;
}

function page(site: Site, spaceKey: string, title: string, more: Partial<Parameters<Site['addPage']>[0]> = {}): string {
  return site.addPage({ spaceKey, title, body: `<p>${title}</p>`, labels: ['ai-ingest'], ...more }).id;
}

function addFile(site: Site, pageId: string, title: string): void {
  site.addAttachment(pageId, { title, mediaType: 'text/plain', bytes: Buffer.from(title) });
}

const routes = ({ sandbox }: Rig) => sandbox.requests.entries.map(({ route }) => route);
const titles = ({ sandbox }: Rig) => [...storedItems(sandbox).values()].map(({ title }) => title).sort();
const contentOf = ({ sandbox }: Rig, title: string) => sandbox.unique.contents().find((one) => one.title === title);

test.each(FLAVORS)(
  'B-010 B-020 B-021 B-082 B-107 contents say where they come from, and a space with files alone gets a scope (%s)',
  async (flavor) => {
    await withRig(temporal, { flavor, tenant: `from-${flavor}`, site: smallSite() }, async (rig) => {
      expect((await rig.run()).outcome).toBe('succeeded');
      const { sandbox } = rig;
      const root = sandbox.site.byTitle('Root');
      const isCloud = flavor === 'cloud';
      expect(contentOf(rig, 'Root')).toMatchObject({
        sourceKind: isCloud ? 'ATLASSIAN_CONFLUENCE_CLOUD' : 'ATLASSIAN_CONFLUENCE_ONPREM',
        sourceName: sandbox.confluenceUrl,
        sourceOwnerType: 'COMPANY',
        url: isCloud
          ? `${sandbox.confluenceUrl}/wiki/spaces/ENG/pages/${root.id}`
          : `${sandbox.confluenceUrl}/pages/viewpage.action?pageId=${root.id}`,
        metadata: { confluenceLabels: ['a', 'b'], spaceKey: 'ENG', spaceName: 'Engineering' },
      });
      expect(titles(rig)).toContain('only.txt');
      expect(sandbox.unique.scopes().map(({ id }) => sandbox.unique.scopePath(id))).toContain(
        '/Knowledge/Confluence/OPS',
      );
      const { cloudId } = sandbox.tenantConfig()['confluence'] as { readonly cloudId?: string };
      const base = isCloud ? `/ex/confluence/${cloudId}/wiki/` : new URL(`${sandbox.confluenceUrl}/`).pathname;
      const asked = sandbox.requests.entries.filter(({ route }) => /^confluence\.(?!token)/.test(route));
      expect(asked.filter(({ path }) => !path.startsWith(base))).toEqual([]);
    });
  },
  60_000,
);

test('B-100 B-110 root, discovery, diff, scopes, ingestion, and removals last', async () => {
  const site = smallSite();
  await withRig(temporal, { flavor: 'data-center', tenant: 'order', site }, async (rig) => {
    const { sandbox, run } = rig;
    await run({ spaces: ['ENG'] });
    site.setLabels(site.byTitle('Page 5').id, []);
    site.editPage(site.byTitle('Page 4').id, { body: '<p>new</p>' });
    const first = routes(rig);
    const before = (one: string, other: string) => {
      expect([one, first.indexOf(one)]).not.toEqual([one, -1]);
      expect(first.indexOf(one)).toBeLessThan(first.lastIndexOf(other));
    };
    before('unique.scopes', 'confluence.search');
    before('confluence.search', 'unique.fileDiff');
    before('unique.fileDiff', 'unique.generateScopes');
    before('unique.generateScopes', 'confluence.body');
    before('confluence.body', 'unique.upload');
    sandbox.requests.reset();
    expect((await run({ spaces: ['ENG'] })).totals).toMatchObject({ updated: 1, deleted: 1 });
    const second = routes(rig);
    expect(second.indexOf('unique.deleteContents')).toBeGreaterThan(second.lastIndexOf('unique.upload'));
    expect(titles(rig)).not.toContain('Page 5');
  });
}, 60_000);

test.each(FLAVORS)(
  'B-043 B-103 B-104 what fails in discovery stops as much as it must, and no later sync (%s)',
  async (flavor) => {
    const site = smallSite();
    page(site, 'OPS', 'In operations');
    await withRig(temporal, { flavor, tenant: `scan-${flavor}`, site }, async (rig) => {
      const { sandbox, run } = rig;
      const fail = (cql: RegExp) =>
        sandbox.faults.add({
          route: 'confluence.search',
          kind: 'status',
          status: 400,
          match: ({ query }) => cql.test(query.get('cql') ?? ''),
        });
      const labels = fail(/label/);
      expect((await run()).outcome).toBe('failed');
      expect(storedItems(sandbox).size).toBe(0);
      labels.remove();
      const trees = fail(/^ancestor/);
      const report = await run();
      expect(report.spaces.map(({ spaceKey, outcome }) => [spaceKey, outcome]).sort()).toEqual([
        ['ENG', 'failed'],
        ['OPS', 'succeeded'],
      ]);
      expect(titles(rig)).toEqual(['In operations', 'only.txt']);
      trees.remove();
      expect((await run()).outcome).toBe('succeeded');
      expect([...storedItems(sandbox).keys()].sort()).toEqual([...expectedItems(sandbox).keys()].sort());
    });
  },
  60_000,
);

test.each(FLAVORS)(
  'B-053 W-05 an empty page is read once, and again after an edit (%s)',
  async (flavor) => {
    const site = smallSite();
    await withRig(temporal, { flavor, tenant: `empty-${flavor}`, site }, async (rig) => {
      const { sandbox, run } = rig;
      await run();
      const bodies = sandbox.requests.count('confluence.body');
      expect((await run()).totals).toMatchObject({ new: 0, updated: 0 });
      expect(sandbox.requests.count('confluence.body')).toBe(bodies);
      site.editPage(site.byTitle('Only a file').id, { body: '<p>now a text</p>' });
      expect((await run()).totals).toMatchObject({ new: 1 });
      expect(titles(rig)).toContain('Only a file');
    });
  },
  60_000,
);

test.each(FLAVORS)(
  'B-055 W-18 title and body are of one read, also when an edit slips in, and cost one ingestion (%s)',
  async (flavor) => {
    const site = smallSite();
    await withRig(temporal, { flavor, tenant: `edit-${flavor}`, site }, async (rig) => {
      const { sandbox, run } = rig;
      const { id } = site.byTitle('Page 3');
      // Between the listing and the read of the body.
      const edit = () => {
        if (site.content(id).version.number === 1) site.editPage(id, { title: 'Renamed', body: '<p>renamed</p>' });
        return false;
      };
      sandbox.faults.add({ route: 'confluence.body', kind: 'drop', match: edit });
      await run();
      expect(contentOf(rig, 'Renamed')?.bytes?.toString()).toBe('<p>renamed</p>');
      const uploads = sandbox.requests.count('unique.upload');
      expect((await run()).totals).toMatchObject({ new: 0, updated: 0 });
      expect(sandbox.requests.count('unique.upload')).toBe(uploads);
    });
  },
  60_000,
);

test('B-108 as many transfers are on their way as processing.concurrency says, and no more', async () => {
  const overrides = { processing: { concurrency: 3 } };
  await withRig(temporal, { flavor: 'data-center', tenant: 'wide', site: smallSite(), overrides }, async (rig) => {
    const gate = new Gate();
    const held = rig.sandbox.faults.add({ route: 'unique.upload', kind: 'hold', gate });
    const report = rig.run({ spaces: ['ENG'] });
    await until(() => held.hits >= 3);
    // The others would have come by now: their bodies were read in the same request.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(held.hits).toBe(3);
    gate.open();
    expect((await report).outcome).toBe('succeeded');
  });
}, 60_000);

test('W-39 a space that is held up delays no other', async () => {
  await withRig(temporal, { flavor: 'data-center', tenant: 'fair', site: smallSite() }, async (rig) => {
    const gate = new Gate();
    const match = ({ keys }: { readonly keys: readonly string[] }) => keys.some((key) => key.includes('_ENG/'));
    rig.sandbox.faults.add({ route: 'unique.upsert', kind: 'hold', gate, match });
    const report = rig.run();
    await gate.reached;
    await until(() => titles(rig).length > 0);
    expect(titles(rig)).toEqual(['only.txt']);
    gate.open();
    expect((await report).outcome).toBe('succeeded');
    expect(inEngineering(rig)).toHaveLength(9);
  });
}, 60_000);

test('B-087 B-140 W-09 a scan that finds nothing any more empties no space: it waits for a person', async () => {
  const site = smallSite();
  await withRig(temporal, { flavor: 'data-center', tenant: 'nothing', site }, async (rig) => {
    await rig.run();
    // A first sync removes nothing; the second knows what stands there.
    const before = inEngineering(rig);
    for (const { id } of [...site.contents()]) site.setLabels(id, []);
    const report = await rig.run();
    expect(report.spaces.find(({ spaceKey }) => spaceKey === 'ENG')).toMatchObject({
      outcome: 'blocked',
      totals: { deleted: 0 },
    });
    expect(before).toHaveLength(9);
    expect(inEngineering(rig)).toEqual(before);
  });
}, 60_000);

const inEngineering = ({ sandbox }: Rig) =>
  [...storedItems(sandbox).keys()].filter((key) => key.includes('_ENG/')).sort();

test('B-156 W-02 an update that fails half-way keeps the last good copy, and is done by the next sync', async () => {
  const site = smallSite();
  await withRig(temporal, { flavor: 'data-center', tenant: 'kept', site }, async (rig) => {
    const { sandbox, run } = rig;
    await run();
    site.editPage(site.byTitle('Page 2').id, { body: '<p>second</p>' });
    const refused = sandbox.faults.add({ route: 'unique.upload', kind: 'status', status: 403 });
    expect((await run()).outcome).toBe('partial');
    expect(contentOf(rig, 'Page 2')?.bytes?.toString()).toBe('<p>Page 2</p>');
    refused.remove();
    expect((await run()).totals).toMatchObject({ updated: 1, failed: 0 });
    expect(contentOf(rig, 'Page 2')?.bytes?.toString()).toBe('<p>second</p>');
  });
}, 60_000);
