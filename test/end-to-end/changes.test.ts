import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type ConfigSection, type SandboxOptions, Site } from '../../sandbox';
import { type Rig, temporalServer, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

const LABEL = ['ai-ingest'];
const AT_ONCE: ConfigSection = { deletion: { graceMinutes: 0 }, verify: { doubtMinutes: 0, waitMinutes: 0 } };
const INLINING: ConfigSection = {
  ...AT_ONCE,
  ingestion: {
    pageIngestionConfig: { htmlConfig: { imageContentExtraction: { enabled: true, languageModel: 'some-model' } } },
  },
};
const NOTHING_DONE = { new: 0, updated: 0, deleted: 0, moved: 0, skipped: 0, failed: 0, held: 0 };

/** ENG with three pages; the first has a text, a picture and a table. OPS with one page. */
function site(at?: number): Site {
  const site = new Site();
  if (at !== undefined) site.clock.shift(at);
  for (const key of ['ENG', 'OPS']) site.addSpace({ key, name: `${key} team` });
  for (const title of ['One', 'Two', 'Three']) {
    site.addPage({ spaceKey: 'ENG', title, body: `<p>${title}</p>`, labels: [...LABEL, 'old'] });
  }
  site.addPage({ spaceKey: 'OPS', title: 'Other', body: '<p>Other</p>', labels: LABEL });
  const { id } = site.byTitle('One');
  for (const [title, mediaType] of [
    ['a.txt', 'text/plain'],
    ['b.png', 'image/png'],
    ['c.csv', 'text/csv'],
  ] as const) {
    site.addAttachment(id, { title, mediaType, bytes: Buffer.from(title) });
  }
  return site;
}

let tenants = 0;
async function withTenant(
  options: Partial<SandboxOptions> & { overrides?: ConfigSection },
  work: (rig: Rig) => Promise<void>,
) {
  const tenant = `changes-${++tenants}`;
  await withRig(temporal, { flavor: 'data-center', tenant, site: site(), overrides: AT_ONCE, ...options }, work);
}

/** The next sync does just this, and the one after it nothing: no registration, no upload, no body read. */
async function expectOnce(rig: Rig, totals: object): Promise<void> {
  expect((await rig.run()).totals).toMatchObject({ ...NOTHING_DONE, ...totals });
  rig.sandbox.requests.reset();
  expect((await rig.run()).totals).toMatchObject(NOTHING_DONE);
  const { requests } = rig.sandbox;
  const counted = ['unique.upsert', 'unique.upload', 'confluence.body'].map((route) => requests.count(route));
  expect(counted).toEqual([0, 0, 0]);
}

async function configure(rig: Rig, overrides: ConfigSection): Promise<void> {
  await rig.stopWorker();
  await rig.sandbox.writeTenantFile(rig.home, overrides);
  await rig.startWorker();
}

const contentOf = ({ sandbox: { unique } }: Rig, title: string) =>
  unique.contents().find((content) => content.title === title);

test.each(['cloud', 'data-center'] as const)(
  'W-18 B-054 on %s a changed label, title or space name arrives, once',
  async (flavor) => {
    await withTenant({ flavor }, async (rig) => {
      await rig.run();
      const { site } = rig.sandbox;
      site.setLabels(site.byTitle('Two').id, [...LABEL, 'zebra', 'antelope']);
      await expectOnce(rig, { updated: 1 });
      expect(contentOf(rig, 'Two')?.metadata).toMatchObject({ confluenceLabels: ['antelope', 'zebra'] });
      site.renamePage(site.byTitle('Two').id, 'Second');
      await expectOnce(rig, { updated: 1 });
      expect(contentOf(rig, 'Second')).toBeDefined();
      expect(contentOf(rig, 'Two')).toBeUndefined();
      site.renameSpace('ENG', 'Engineers');
      await expectOnce(rig, { updated: 6 });
      expect(contentOf(rig, 'a.txt')?.metadata).toMatchObject({ spaceName: 'Engineers' });
    });
  },
  90_000,
);

test('W-22 W-23 B-153 B-154 B-158 a change of the configuration reaches the items that it concerns, once', async () => {
  await withTenant({}, async (rig) => {
    await rig.run();
    expect(contentOf(rig, 'b.png')?.ingestionConfig).toEqual({ jpgReadMode: 'DOC_INTELLIGENCE_DEFAULT' });
    const attachments = { imageOcr: 'disabled' };
    await configure(rig, { ...AT_ONCE, ingestion: { attachments } });
    await expectOnce(rig, { updated: 1 });
    expect(contentOf(rig, 'b.png')?.ingestionConfig).toBeUndefined();
    await configure(rig, { ...AT_ONCE, ingestion: { attachments, pageIngestionConfig: { chunkStrategy: 'x' } } });
    await expectOnce(rig, { updated: 4 });
    expect(contentOf(rig, 'One')?.ingestionConfig).toEqual({ chunkStrategy: 'x' });
    await configure(rig, { ...AT_ONCE, ingestion: { storeInternally: 'disabled' } });
    await expectOnce(rig, { updated: 7 });
    expect(contentOf(rig, 'One')?.storeInternally).toBe(false);
    const narrow = { storeInternally: 'disabled', attachments: { allowedMimeTypes: ['text/plain', 'image/png'] } };
    await configure(rig, { ...AT_ONCE, ingestion: narrow });
    await expectOnce(rig, { deleted: 1 });
    expect(contentOf(rig, 'c.csv')).toBeUndefined();
    await configure(rig, { ...AT_ONCE, ingestion: { storeInternally: 'disabled' } });
    await expectOnce(rig, { new: 1 });
  });
}, 120_000);

test('W-04 an edit that slips in while a page is ingested arrives with the next sync, once', async () => {
  await withTenant({}, async (rig) => {
    const { site, faults } = rig.sandbox;
    const { id } = site.byTitle('One');
    let edits = 0;
    /** Edits the page when the request for it comes, before that is answered; the other space has requests of its own. */
    const editAt = (route: string) =>
      faults.add({
        route,
        kind: 'slow',
        ms: 0,
        times: 1,
        match: ({ keys, query }) => {
          const isOfPage = keys.some((key) => key.endsWith(`/${id}`)) || query.get('cql')?.includes(id) === true;
          if (!isOfPage) return false;
          site.editPage(id, { body: `<p>Edit ${++edits}</p>` });
          return true;
        },
      });
    editAt('unique.upsert');
    await rig.run();
    expect(contentOf(rig, 'One')?.bytes?.toString()).toBe('<p>One</p>');
    await expectOnce(rig, { updated: 1 });
    expect(contentOf(rig, 'One')?.bytes?.toString()).toBe('<p>Edit 1</p>');
    // Between listing and reading: the newer text is read, and recorded as what it is.
    site.editPage(id, { body: '<p>again</p>' });
    editAt('confluence.body');
    await expectOnce(rig, { updated: 1 });
    expect(contentOf(rig, 'One')?.bytes?.toString()).toBe('<p>Edit 2</p>');
  });
}, 90_000);

test('B-053 B-155 W-05 what became empty leaves, and is not read again until it changes', async () => {
  await withTenant({}, async (rig) => {
    await rig.run();
    const { site } = rig.sandbox;
    const file = site.attachmentsOf(site.byTitle('One').id).find(({ title }) => title === 'a.txt');
    site.editPage(site.byTitle('Two').id, { body: '' });
    site.replaceAttachment(file?.id ?? '', { bytes: Buffer.alloc(0) });
    await expectOnce(rig, { deleted: 2, skipped: 1 });
    expect([contentOf(rig, 'Two'), contentOf(rig, 'a.txt')]).toEqual([undefined, undefined]);
    site.editPage(site.byTitle('Two').id, { body: '<p>back</p>' });
    site.replaceAttachment(file?.id ?? '', { bytes: Buffer.from('back') });
    await expectOnce(rig, { new: 2 });
  });
}, 90_000);

test('W-22 by force everything is ingested anew, or a space, or a page with its attachments', async () => {
  await withTenant({}, async (rig) => {
    await rig.run();
    const { id } = rig.sandbox.site.byTitle('One');
    expect((await rig.run({ force: true })).totals).toMatchObject({ ...NOTHING_DONE, updated: 7 });
    expect((await rig.run({ force: true, spaces: ['OPS'] })).totals).toMatchObject({ ...NOTHING_DONE, updated: 1 });
    const page = await rig.run({ force: true, pages: [id] });
    expect(page.totals).toMatchObject({ ...NOTHING_DONE, updated: 4, unchanged: 3 });
    await expectOnce(rig, {});
  });
}, 90_000);

test('a page or space that is asked for and that nobody knows is named, and the rest is synced', async () => {
  await withTenant({}, async (rig) => {
    await rig.run();
    const { id } = rig.sandbox.site.byTitle('One');
    const pages = await rig.run({ force: true, pages: [id, '999999'] });
    expect(pages).toMatchObject({ outcome: 'partial', totals: { ...NOTHING_DONE, updated: 4, failed: 0 } });
    expect(pages.failures).toEqual([
      { spaceKey: '', itemKey: '999999', step: 'discover', message: expect.stringContaining('Page 999999') },
    ]);
    const spaces = await rig.run({ spaces: ['OPS', 'NOPE'] });
    expect(spaces).toMatchObject({ outcome: 'partial', totals: { unchanged: 1 } });
    expect(spaces.failures).toEqual([
      { spaceKey: 'NOPE', itemKey: '', step: 'discover', message: expect.stringContaining('Space NOPE') },
    ]);
    expect(await rig.run()).toMatchObject({ outcome: 'succeeded', failures: [] });
  });
}, 90_000);

test('W-60 contents with an older link keep it: that difference alone is no reason to ingest them anew', async () => {
  await withTenant({ flavor: 'cloud', site: site(-7 * 24 * 3_600_000) }, async (rig) => {
    await rig.run();
    const { site, unique, requests } = rig.sandbox;
    const { id } = site.byTitle('One');
    const older = `https://acme.example/wiki/spaces/ENG/pages/${id}/One`;
    unique.store.update(contentOf(rig, 'One')?.id ?? '', { url: older });
    await rig.stopWorker();
    for (const file of ['store.db', 'store.db-wal', 'store.db-shm']) await rm(join(rig.home, file), { force: true });
    await rig.startWorker();
    requests.reset();
    expect((await rig.run()).totals).toMatchObject({ ...NOTHING_DONE, unchanged: 7 });
    await expectOnce(rig, {});
    expect(contentOf(rig, 'One')?.url).toBe(older);
    // With its next change it gets the link that no rename can break.
    site.renamePage(id, 'First');
    await expectOnce(rig, { updated: 1 });
    expect(contentOf(rig, 'First')?.url).toMatch(new RegExp(`/pages/${id}$`));
  });
}, 90_000);

const RECORDED = join(__dirname, '../../../shared/data/real-confluence');

(existsSync(RECORDED) ? test : test.skip)(
  `B-068 recorded bodies of real sites arrive byte for byte with inlining on${existsSync(RECORDED) ? '' : ': skipped, there are none beside the repository'}`,
  async () => {
    await withTenant({ overrides: INLINING }, async (rig) => {
      const { site, unique } = rig.sandbox;
      site.addSpace({ key: 'REAL' });
      const files = readdirSync(RECORDED, { recursive: true, encoding: 'utf8' }).filter((path) =>
        /\.x(ht)?ml$/.test(path),
      );
      const picture = Buffer.from('abc');
      const expected = new Map<string, string>();
      for (const file of files) {
        const body = readFileSync(join(RECORDED, file), 'utf8');
        const { id } = site.addPage({ spaceKey: 'REAL', title: file, body, labels: LABEL });
        const own = /<ac:image\b[^>]*>\s*<ri:attachment ri:filename="([^"]*)"\s*\/>\s*<\/ac:image>/g;
        const names = [...new Set([...body.matchAll(own)].map(([, name = '']) => name))];
        for (const name of names) site.addAttachment(id, { title: name, mediaType: 'image/png', bytes: picture });
        expected.set(file, body.replace(own, '[image]'));
      }
      expect(files.length).toBeGreaterThan(10);
      expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 } });
      const shown = /<img alt="[^"]*"[^<>]* src="data:image\/png;base64,YWJj" \/>/g;
      for (const { title, bytes } of unique.contents().filter(({ key }) => key.includes('_REAL/'))) {
        expect([title, bytes?.toString().replace(shown, '[image]')]).toEqual([title, expected.get(title)]);
        expected.delete(title);
      }
      expect([...expected.values()].filter((body) => body !== '')).toEqual([]);
    });
  },
  90_000,
);
