import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { CLAIMED_BEFORE } from '../../activities/former-owner';
import { ROOT_PATH } from '../../activities/root-scope';
import { type Flavor, type Sandbox, Site } from '../../sandbox';
import { openStore } from '../../store/open';
import { expectedItems, storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';
import { fillByShippedConnector, type ShippedOptions } from './shipped-connector';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

/** All that a sync may write to Unique. */
const WRITES = ['upsert', 'upload', 'generateScopes', 'updateScope', 'grant', 'deleteContents', 'bulkMove'];
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const TEN_MINUTES_MS = 600_000;
/** Of `oldSite`: once seen, they count as unchanged, too. */
const EMPTY_PAGES = 2;

/** Two spaces with a tree, a blog post, an image in its page and a file whose page is empty; long unchanged. */
function oldSite(): Site {
  const site = new Site();
  const when = Date.UTC(2026, 0, 5);
  for (const key of ['ENG', 'OPS']) {
    site.addSpace({ key });
    const page = (title: string, more: Partial<Parameters<Site['addPage']>[0]> = {}) =>
      site.addPage({ spaceKey: key, title: `${key} ${title}`, body: `<p>${title}</p>`, when, ...more });
    const file = (pageId: string, title: string, mediaType: string, bytes: Buffer) =>
      site.addAttachment(pageId, { title, mediaType, bytes, when });
    page('Ä & B?', { labels: ['ai-ingest', 'quarterly'] });
    page('News', { type: 'blogpost', labels: ['ai-ingest'] });
    const root = page('Tree', { labels: ['ai-ingest-all'] });
    page('Leaf', { parentId: root.id });
    const picture = '<ac:image><ri:attachment ri:filename="plan.png"/></ac:image>';
    const pictured = page('Picture', { labels: ['ai-ingest'], body: `<p>See</p>${picture}` });
    file(pictured.id, 'plan.png', 'image/png', PNG);
    file(page('Files', { labels: ['ai-ingest'], body: '' }).id, 'a b.txt', 'text/plain', Buffer.from(key));
  }
  return site;
}

/** Writes the example as it is in docs, secrets behind their variables; only what points to a customer's systems differs. */
async function writeExample({ flavor, tenant, ...sandbox }: Sandbox, home: string, isV1: boolean): Promise<void> {
  const example = await readFile(join(__dirname, `../../docs/examples/${flavor}-tenant-config.yaml`), 'utf8');
  const config = sandbox.tenantConfig() as Record<string, Record<string, unknown>>;
  const values: Record<string, unknown> = {
    ...config['confluence'],
    ...(config['confluence']?.['auth'] as object),
    ...config['unique'],
    ...(config['unique']?.['serviceExtraHeaders'] as object | undefined),
    ...config['ingestion'],
  };
  const pointing =
    /^( *)(baseUrl|cloudId|clientId|zitadelOauthTokenUrl|zitadelClientId|x-company-id|x-user-id|\w+ServiceBaseUrl|scopeId): .*$/gm;
  const pointed = example.replace(pointing, (_, indent: string, key: string) => {
    const apiUrl = key === 'cloudId' ? `\n${indent}apiUrl: ${sandbox.apiUrl}` : '';
    return `${indent}${key}: '${String(values[key])}'${apiUrl}`;
  });
  const older = 'ingestion:\n  useV1KeyFormat: enabled';
  await writeFile(join(home, `${tenant}-tenant-config.yaml`), isV1 ? pointed.replace('ingestion:', older) : pointed);
  Object.assign(process.env, sandbox.environment);
}

/**
 * The store met the claimed root ten minutes ago, so `verify.doubtMinutes` are over. Without it, the first sync would wait
 * just as long for the last requests of the former owner, and do the same after that.
 */
async function meetRootEarlier({ tenant }: Sandbox, home: string): Promise<void> {
  const store = await openStore({ home });
  await store.spaces.setNote(tenant, ROOT_PATH, '/Knowledge/Confluence');
  await store.spaces.setNote(tenant, CLAIMED_BEFORE, String(Date.now() - TEN_MINUTES_MS));
  await store.close();
}

const writes = ({ sandbox: { requests } }: Rig) => WRITES.filter((route) => requests.count(`unique.${route}`) > 0);
const diffs = ({ sandbox: { requests } }: Rig) => requests.count('unique.fileDiff');
const standing = ({ sandbox: { unique } }: Rig) => ({ contents: unique.contents(), scopes: unique.scopes() });

const CUSTOMERS: readonly (readonly [string, Flavor, ShippedOptions, boolean])[] = [
  ['Cloud, links with titles', 'cloud', {}, false],
  ['Cloud, where Unique reports every link as moved', 'cloud', {}, true],
  ['Data Center, images in their pages', 'data-center', { inlinesImages: true }, false],
  ['Data Center, older keys', 'data-center', { inlinesImages: true, useV1KeyFormat: true }, true],
];

test.each(CUSTOMERS)(
  'W-60 B-106 an existing customer’s file works as it is: nothing that stands is touched (%s)',
  async (_, flavor, shipped, diffReportsMoved) => {
    const prepare = async (sandbox: Sandbox, home: string) => {
      sandbox.switches.diffReportsMoved = diffReportsMoved;
      fillByShippedConnector(sandbox, shipped);
      await writeExample(sandbox, home, shipped.useV1KeyFormat === true);
      await meetRootEarlier(sandbox, home);
    };
    await withRig(temporal, { flavor, tenant: flavor, site: oldSite(), prepare }, async (rig) => {
      const { site, unique, requests } = rig.sandbox;
      const before = standing(rig);
      expect(before.contents).toHaveLength(flavor === 'cloud' ? 14 : 12);

      const first = await rig.run();
      expect(first).toMatchObject({ outcome: 'succeeded', failures: [] });
      expect(first.totals).toMatchObject({ new: 0, updated: 0, moved: 0, deleted: 0, held: 0, failed: 0 });
      expect(first.totals.unchanged).toBe(before.contents.length);
      expect(diffs(rig)).toBe(2);
      expect(writes(rig)).toEqual([]);
      expect(standing(rig)).toEqual(before);

      const { id } = site.byTitle('ENG Ä & B?');
      const edited = before.contents.find(({ key }) => key.endsWith(`/${id}`));
      const others = (all: typeof before.contents) => all.filter(({ key }) => key !== edited?.key);
      site.editPage(id, { body: '<p>Edited</p>' });
      expect((await rig.run()).totals).toMatchObject({ new: 0, updated: 1, moved: 0, deleted: 0, held: 0, failed: 0 });
      const after = standing(rig);
      expect(after.scopes).toEqual(before.scopes);
      expect(others(after.contents)).toEqual(others(before.contents));
      const stable = flavor === 'cloud' ? `/wiki/spaces/ENG/pages/${id}` : `/pages/viewpage.action?pageId=${id}`;
      const now = unique.contentByKey(edited?.key ?? '');
      expect(now).toMatchObject({ id: edited?.id, url: rig.sandbox.confluenceUrl + stable });
      expect(now?.bytes?.toString()).toBe('<p>Edited</p>');

      requests.reset();
      const last = await rig.run();
      expect(last.totals).toMatchObject({ new: 0, updated: 0, deleted: 0 });
      expect(last.totals.unchanged).toBe(before.contents.length + EMPTY_PAGES);
      expect(writes(rig)).toEqual([]);
      expect(standing(rig)).toEqual(after);
    });
  },
  120_000,
);

/** The former owner is known to have stopped. */
const AT_ONCE = { verify: { doubtMinutes: 0 } };
const INLINING = {
  verify: { doubtMinutes: 0, compareHours: 0 },
  ingestion: {
    pageIngestionConfig: { htmlConfig: { imageContentExtraction: { enabled: true, languageModel: 'some-model' } } },
  },
};

test('W-03 pages that the former owner left without their images are ingested anew, an image alone leaves after that; the others are taken over', async () => {
  const tenant = 'half-inlined';
  const site = oldSite();
  const large = Buffer.alloc(2_000, 'large');
  const picture = '<ac:image><ri:attachment ri:filename="large.png"/></ac:image>';
  const when = Date.UTC(2026, 0, 5);
  const gallery = site.addPage({ spaceKey: 'ENG', title: 'Gallery', body: picture, labels: ['ai-ingest'], when });
  site.addAttachment(gallery.id, { title: 'large.png', mediaType: 'image/png', bytes: large, when });
  const prepare = (sandbox: Sandbox) => {
    const { unique } = sandbox;
    fillByShippedConnector(sandbox, { inlinesImages: true });
    const [whole, alone] = ['Gallery', 'ENG Picture'].map((title) =>
      unique.contents().find((one) => one.title === title),
    );
    if (whole === undefined || alone === undefined) throw new Error('the site has other pages');
    unique.addContent({ ...whole, scopeId: whole.scopeId, bytes: Buffer.from(picture) }); // the download had failed
    const [image] = site.attachmentsOf(site.byTitle('ENG Picture').id);
    unique.addContent({ key: `${alone.key}::${image?.id}`, scopeId: alone.scopeId, title: 'plan.png', bytes: PNG });
    return Promise.resolve();
  };
  await withRig(temporal, { flavor: 'data-center', tenant, site, overrides: INLINING, prepare }, async (rig) => {
    const textOf = (title: string) =>
      rig.sandbox.unique
        .contents()
        .find((one) => one.title === title)
        ?.bytes?.toString('utf8');
    const adopted = rig.sandbox.unique.contents().filter(({ title }) => !['Gallery', 'ENG Picture'].includes(title));
    const untouched = adopted.filter(({ title }) => title !== 'plan.png');
    expect(await rig.run()).toMatchObject({
      outcome: 'succeeded',
      totals: { new: 2, updated: 0, deleted: 0, held: 1 },
    });
    expect(textOf('Gallery')).toContain(large.toString('base64'));
    expect(rig.sandbox.unique.contents()).toEqual(expect.arrayContaining(adopted));

    // A space that was taken over removes nothing in that run.
    expect((await rig.run()).totals).toMatchObject({ new: 0, updated: 0, moved: 1, deleted: 0, held: 0 });
    expect(textOf('plan.png')).toBeUndefined();
    expect(textOf('ENG Picture')).toContain(PNG.toString('base64'));
    expect(rig.sandbox.unique.contents()).toEqual(expect.arrayContaining(untouched));
  });
}, 90_000);

test('W-17 a renamed tenant is refused, and by --rekey has one copy of everything under the new keys', async () => {
  const tenant = 'renamed';
  const prepare = (sandbox: Sandbox) => Promise.resolve(fillByShippedConnector(sandbox, { tenant: 'before' }));
  const options = { flavor: 'data-center', tenant, site: oldSite(), overrides: AT_ONCE, prepare } as const;
  await withRig(temporal, options, async (rig) => {
    const before = standing(rig);
    const refused = await rig.run();
    expect(refused).toMatchObject({ outcome: 'failed', totals: { new: 0, deleted: 0 } });
    expect(refused.failures[0]?.message).toMatch(/twice\. Nothing was written\..*--rekey/);
    expect(writes(rig)).toEqual([]);
    expect(standing(rig)).toEqual(before);

    const moved = await rig.run({ rekey: true });
    const { length } = before.contents;
    expect(moved).toMatchObject({ outcome: 'succeeded', failures: [], totals: { new: length, moved: length } });
    expect([...storedItems(rig.sandbox).keys()].sort()).toEqual([...expectedItems(rig.sandbox).keys()].sort());
    expect(rig.sandbox.unique.contents()).toHaveLength(length);

    rig.sandbox.requests.reset();
    expect((await rig.run()).totals).toMatchObject({ new: 0, moved: 0, unchanged: length + EMPTY_PAGES });
    expect(writes(rig)).toEqual([]);
  });
}, 90_000);

test('B-128 B-127 under another root everything stands as before: scopes are moved, nothing is ingested anew', async () => {
  const tenant = 'other-root';
  await withRig(temporal, { flavor: 'cloud', tenant, site: oldSite(), overrides: AT_ONCE }, async (rig) => {
    const { unique, requests } = rig.sandbox;
    await rig.run();
    const before = standing(rig);
    const root = unique.addScope({ name: 'New', parentId: unique.parentScopeId });
    await rig.stopWorker();
    await rig.sandbox.writeTenantFile(rig.home, { ...AT_ONCE, ingestion: { scopeId: root.id } });
    await rig.startWorker();
    requests.reset();

    const report = await rig.run();
    expect(report).toMatchObject({ outcome: 'succeeded', totals: { new: 0, updated: 0, deleted: 0, failed: 0 } });
    expect(report.totals.unchanged).toBe(before.contents.length + EMPTY_PAGES);
    expect([requests.count('unique.upsert'), requests.count('unique.upload')]).toEqual([0, 0]);
    expect(unique.contents()).toEqual(before.contents);
    const ofSpaces = unique.scopes().filter(({ name }) => ['ENG', 'OPS'].includes(name));
    expect(ofSpaces.map(({ name, parentId }) => [name, parentId])).toEqual([
      ['ENG', root.id],
      ['OPS', root.id],
    ]);
    expect(unique.scope(unique.rootScopeId)).toBeDefined();
  });
}, 90_000);
