import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type ConfigSection, Site } from '../../sandbox';
import { type Rig, temporalServer, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

const FLAVORS = ['cloud', 'data-center'] as const;
type Flavor = (typeof FLAVORS)[number];
const LABEL = ['ai-ingest'];
const AT_ONCE: ConfigSection = { deletion: { graceMinutes: 0 }, verify: { doubtMinutes: 0, waitMinutes: 0 } };
const INLINING: ConfigSection = {
  ...AT_ONCE,
  ingestion: {
    pageIngestionConfig: { htmlConfig: { imageContentExtraction: { enabled: true, languageModel: 'some-model' } } },
  },
};

const RED = Buffer.from('the bytes of a red picture');
const BLUE = Buffer.from('blue');
const GREEN = Buffer.from('green, beyond the first twenty-five');
const macro = (fileName: string, page = '') =>
  `<ac:image><ri:attachment ri:filename="${fileName}">${page}</ri:attachment></ac:image>`;
const img = (fileName: string, bytes: Buffer) =>
  `<img alt="${fileName}" src="data:image/png;base64,${bytes.toString('base64')}" />`;
const OF_ART = '<ri:page ri:space-key="ART" ri:content-title="Art" />';

/** In ENG: Home with red.png and notes.txt, Album with 26 text files and green.png behind them, Guest that shows ART's logo, and plain pages. */
function site(): Site {
  const site = new Site();
  site.addSpace({ key: 'ENG' });
  site.addSpace({ key: 'ART' });
  const add = (title: string, body: string) => site.addPage({ spaceKey: 'ENG', title, body, labels: LABEL }).id;
  const home = add('Home', `<p>é</p>${macro('red.png')}<p>&nbsp;</p>`);
  const file = (pageId: string, title: string, bytes: Buffer, mediaType = 'image/png') =>
    site.addAttachment(pageId, { title, mediaType, bytes });
  file(home, 'red.png', RED);
  file(home, 'notes.txt', Buffer.from('notes'), 'text/plain');
  const album = add('Album', macro('green.png'));
  for (let number = 1; number <= 26; number++) file(album, `${number}.txt`, Buffer.from(`${number}`), 'text/plain');
  file(album, 'green.png', GREEN);
  add('Guest', macro('logo.png', OF_ART));
  for (let number = 1; number <= 8; number++) add(`Plain ${number}`, `<p>${number}</p>`);
  file(site.addPage({ spaceKey: 'ART', title: 'Art', body: '<p>Nobody labelled this.</p>' }).id, 'logo.png', BLUE);
  return site;
}

const WITH_IMAGES = {
  Home: `<p>é</p>${img('red.png', RED)}<p>&nbsp;</p>`,
  Album: img('green.png', GREEN),
  Guest: img('logo.png', BLUE),
};

let tenants = 0;
async function withTenant(flavor: Flavor, overrides: ConfigSection, work: (rig: Rig) => Promise<void>): Promise<void> {
  await withRig(temporal, { flavor, tenant: `images-${++tenants}`, site: site(), overrides }, work);
}

/** Finished contents by title, as text. */
const textsOf = ({ sandbox }: Rig): Record<string, string> =>
  Object.fromEntries(
    sandbox.unique
      .contents()
      .filter(({ ingestionState }) => ingestionState === 'FINISHED')
      .map(({ title, bytes }) => [title, bytes?.toString('utf8') ?? '']),
  );
const imagesAlone = (rig: Rig) => Object.keys(textsOf(rig)).filter((title) => title.endsWith('.png'));
/** Restarts the worker with another tenant file. */
async function configure(rig: Rig, overrides: ConfigSection): Promise<void> {
  await rig.stopWorker();
  await rig.sandbox.writeTenantFile(rig.home, overrides);
  await rig.startWorker();
}
const NOTHING_DONE = { new: 0, updated: 0, deleted: 0, moved: 0, skipped: 0, failed: 0, held: 0 };
const fileOf = ({ sandbox: { site } }: Rig, page: string, title: string) =>
  site.attachmentsOf(site.byTitle(page).id).find((file) => file.title === title)?.id ?? '';

describe.each(FLAVORS)('on %s', (flavor) => {
  test('B-060 B-061 B-062 B-063 images become part of their pages, also beyond the first 25 files and from other pages', async () => {
    await withTenant(flavor, INLINING, async (rig) => {
      expect(await rig.run()).toMatchObject({
        outcome: 'succeeded',
        failures: [],
        totals: { new: 38, discovered: 38 },
      });
      expect(textsOf(rig)).toMatchObject(WITH_IMAGES);
      expect(imagesAlone(rig)).toEqual([]);
      rig.sandbox.requests.reset();
      expect((await rig.run()).totals).toMatchObject(NOTHING_DONE);
      expect(rig.sandbox.requests.count('unique.upsert')).toBe(0);
      expect(rig.sandbox.requests.count('confluence.download')).toBe(0);
    });
  }, 90_000);

  test('W-03 switching inlining on never loses an image: it stays until its page stands with it', async () => {
    await withTenant(flavor, AT_ONCE, async (rig) => {
      await rig.run();
      expect(imagesAlone(rig).sort()).toEqual(['green.png', 'red.png']);
      await configure(rig, INLINING);
      const { site, faults } = rig.sandbox;
      const home = site.byTitle('Home').id;
      const refused = faults.add({
        route: 'unique.upload',
        kind: 'status',
        status: 400,
        match: ({ keys }) => keys.length === 0 || keys.some((key) => key.endsWith(`/${home}`)),
      });
      const first = await rig.run();
      expect(first.outcome).toBe('partial');
      expect(imagesAlone(rig)).toContain('red.png');
      refused.remove();
      const second = await rig.run();
      expect(second).toMatchObject({ outcome: 'succeeded', totals: { deleted: 0, held: 0 } });
      expect(textsOf(rig)).toMatchObject(WITH_IMAGES);
      expect(imagesAlone(rig)).toEqual([]);
      expect(first.totals.moved + second.totals.moved).toBe(2);
      expect((await rig.run()).totals).toMatchObject(NOTHING_DONE);

      // And off again: images are contents once more, pages are without them.
      await configure(rig, AT_ONCE);
      expect((await rig.run()).totals).toMatchObject({ new: 2, updated: 11, deleted: 0, failed: 0 });
      expect(imagesAlone(rig).sort()).toEqual(['green.png', 'red.png']);
      expect(textsOf(rig)['Home']).toBe(site.byTitle('Home').body);
      expect((await rig.run()).totals).toMatchObject(NOTHING_DONE);
    });
  }, 120_000);

  test('W-04 a replaced, added or removed image refreshes its unchanged page, once', async () => {
    await withTenant(flavor, INLINING, async (rig) => {
      await rig.run();
      const { site } = rig.sandbox;
      site.replaceAttachment(fileOf(rig, 'Home', 'red.png'), { bytes: BLUE });
      site.replaceAttachment(fileOf(rig, 'Album', 'green.png'), { bytes: RED });
      expect((await rig.run()).totals).toMatchObject({ ...NOTHING_DONE, updated: 2 });
      const home = WITH_IMAGES.Home.replace(img('red.png', RED), img('red.png', BLUE));
      expect(textsOf(rig)).toMatchObject({ Home: home, Album: img('green.png', RED) });
      expect((await rig.run()).totals).toMatchObject(NOTHING_DONE);
      site.addAttachment(site.byTitle('Home').id, { title: 'new.png', mediaType: 'image/png', bytes: GREEN });
      expect((await rig.run()).totals).toMatchObject({ ...NOTHING_DONE, updated: 1 });
      expect(textsOf(rig)['Home']).toBe(`${home}<p>${img('new.png', GREEN)}</p>`);
      site.removeAttachment(fileOf(rig, 'Home', 'new.png'));
      expect((await rig.run()).totals).toMatchObject({ ...NOTHING_DONE, updated: 1 });
      expect(textsOf(rig)['Home']).toBe(home);
      expect((await rig.run()).totals).toMatchObject(NOTHING_DONE);
    });
  }, 90_000);

  test('B-064 W-04 an image that fails leaves its macro and is named; the next sync tries again, and sends nothing in vain', async () => {
    await withTenant(flavor, INLINING, async (rig) => {
      const { site, faults, requests } = rig.sandbox;
      const red = fileOf(rig, 'Home', 'red.png');
      const ofRed = ({ path }: { path: string }) => path.includes(red) || path.endsWith('/red.png');
      const broken = faults.add({ route: 'confluence.download', kind: 'status', status: 500, match: ofRed });
      const first = await rig.run();
      expect(first).toMatchObject({ outcome: 'partial', totals: { new: 38, failed: 1 } });
      const itemKey = `${site.byTitle('Home').id}::${red}`;
      expect(first.failures).toMatchObject([{ itemKey, step: 'download', httpStatus: 500 }]);
      expect(first.failures[0]?.message).not.toContain('red.png');
      expect(textsOf(rig)['Home']).toBe(site.byTitle('Home').body);
      requests.reset();
      expect(await rig.run()).toMatchObject({
        outcome: 'partial',
        totals: { new: 0, updated: 0, skipped: 1, failed: 1 },
      });
      expect(requests.count('unique.upsert')).toBe(0);
      broken.remove();
      expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { updated: 1, failed: 0 } });
      expect(textsOf(rig)).toMatchObject(WITH_IMAGES);
      expect((await rig.run()).totals).toMatchObject(NOTHING_DONE);
    });
  }, 90_000);
});
