import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Sandbox } from '../../sandbox';
import { expectedItems, storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';

const FLAVORS = ['cloud', 'data-center'] as const;

/** The other connector is known to have stopped. */
const AT_ONCE = { verify: { doubtMinutes: 0 } };

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

function expectEqualSites(sandbox: Sandbox): void {
  const [expected, stored] = [expectedItems(sandbox), storedItems(sandbox)];
  expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, item] of expected) expect(stored.get(key)).toEqual(item);
}

/** How often each content was registered or finalized so far. */
const upserts = ({ sandbox }: Rig) => sandbox.requests.count('unique.upsert') + sandbox.requests.count('unique.upload');

describe.each(FLAVORS)('a sync of %s', (flavor) => {
  test('B-109 B-150 brings every labelled page and attachment into Unique, byte by byte, and nothing else', async () => {
    await withRig(temporal, { flavor, tenant: `whole-${flavor}` }, async (rig) => {
      const report = await rig.run();
      expect(report.outcome).toBe('succeeded');
      expect(report.failures).toEqual([]);
      expectEqualSites(rig.sandbox);
      const wanted = expectedItems(rig.sandbox).size;
      expect(report.totals.new).toBe(wanted);
      expect(report.totals.discovered).toBe(wanted + report.totals.skipped);
      expect(report.requests.uploads).toBe(wanted);
    });
  }, 60_000);

  test('registers nothing when nothing changed', async () => {
    await withRig(temporal, { flavor, tenant: `again-${flavor}` }, async (rig) => {
      const first = await rig.run();
      const before = upserts(rig);
      const second = await rig.run();
      expect(upserts(rig)).toBe(before);
      expect(second.totals).toMatchObject({ new: 0, updated: 0, failed: 0, unchanged: first.totals.discovered });
    });
  }, 60_000);

  test('B-084 moves only what changed: an edited page, a new attachment, a replaced one, another label', async () => {
    await withRig(temporal, { flavor, tenant: `changed-${flavor}` }, async (rig) => {
      const { site } = rig.sandbox;
      await rig.run();
      const uploads = rig.sandbox.requests.count('unique.upload');
      const [edited, labelled, withFile] = labelledPages(rig.sandbox);
      site.editPage(edited, { body: '<p>Edited — äöü 漢字</p>' });
      site.setLabels(labelled, [...site.content(labelled).labels, 'quarterly']);
      const file = site.addAttachment(withFile, {
        title: 'new.txt',
        mediaType: 'text/plain',
        bytes: Buffer.from('new'),
      });
      const report = await rig.run();
      expect(report.totals).toMatchObject({ new: 1, updated: 2, failed: 0 });
      expect(rig.sandbox.requests.count('unique.upload')).toBe(uploads + 3);
      site.replaceAttachment(file.id, { bytes: Buffer.from('replaced') });
      expect((await rig.run()).totals).toMatchObject({ new: 0, updated: 1 });
      expectEqualSites(rig.sandbox);
    });
  }, 60_000);

  test('W-65 ingests everything anew by force, in the spaces asked for', async () => {
    await withRig(temporal, { flavor, tenant: `force-${flavor}` }, async (rig) => {
      const first = await rig.run();
      const space = first.spaces[0];
      const forced = await rig.run({ force: true, spaces: [space?.spaceKey ?? ''] });
      expect(forced.spaces).toHaveLength(1);
      expect(forced.totals.updated).toBe(space?.totals.new);
    });
  }, 60_000);

  test('B-104 B-105 W-01 reports one item that cannot be had and finishes all others', async () => {
    await withRig(temporal, { flavor, tenant: `one-bad-${flavor}` }, async (rig) => {
      rig.sandbox.faults.add({ route: 'confluence.download', kind: 'status', status: 404, times: 1 });
      const report = await rig.run();
      expect(report).toMatchObject({ outcome: 'partial', totals: { failed: 1 } });
      expect(report.failures).toMatchObject([{ step: 'download', httpStatus: 404 }]);
      expect(storedItems(rig.sandbox).size).toBe(expectedItems(rig.sandbox).size - 1);
      // What failed is taken up by the next sync.
      expect((await rig.run()).totals).toMatchObject({ new: 1, failed: 0 });
      expectEqualSites(rig.sandbox);
    });
  }, 60_000);

  test('B-005 takes contents over that another connector left, without registering them again', async () => {
    await withRig(temporal, { flavor, tenant: `taken-over-${flavor}`, overrides: AT_ONCE }, async (rig) => {
      agePages(rig.sandbox);
      await rig.run();
      const before = upserts(rig);
      // The same platform, and a store that knows nothing of it.
      await rig.stopWorker();
      await rm(join(rig.home, 'store.db'), { force: true });
      await rm(join(rig.home, 'store.db-wal'), { force: true });
      await rm(join(rig.home, 'store.db-shm'), { force: true });
      await rig.startWorker();
      const report = await rig.run();
      expect(report.totals).toMatchObject({ new: 0, updated: 0, failed: 0 });
      expect(upserts(rig)).toBe(before);
    });
  }, 60_000);
});

test('recorded bodies of real sites arrive unharmed', async () => {
  const folder = join(__dirname, '../../../shared/data/real-confluence');
  if (!existsSync(folder)) {
    console.warn('skipped: the recorded bodies are not on this machine');
    return;
  }
  await withRig(temporal, { flavor: 'data-center', tenant: 'real-bodies' }, async (rig) => {
    const { site } = rig.sandbox;
    const files = ['cwiki-storage', 'pchuri-storage'].flatMap((name) =>
      readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
    );
    site.addSpace({ key: 'REAL', name: 'Recorded' });
    for (const file of files)
      site.addPage({ spaceKey: 'REAL', title: file, body: readFileSync(file, 'utf8'), labels: ['ai-ingest'] });
    expect(files.length).toBeGreaterThan(10);
    expect((await rig.run()).outcome).toBe('succeeded');
    expectEqualSites(rig.sandbox);
  });
}, 60_000);

/** Three pages that carry the single label, each in its own right. */
function labelledPages({ site }: Sandbox): [string, string, string] {
  const found = [...site.contents()]
    .filter(
      ({ type, labels, spaceKey, body }) =>
        type === 'page' && labels.includes('ai-ingest') && site.space(spaceKey).type !== 'personal' && body !== '',
    )
    .map(({ id }) => id);
  const [a, b, c] = found;
  if (a === undefined || b === undefined || c === undefined)
    throw new Error('the believable site needs three single-labelled pages');
  return [a, b, c];
}

/** Times are moved forward when a ledger is new, so only what is older than the longest ingestion is taken over. */
function agePages({ site }: Sandbox): void {
  site.clock.shift(-7 * 24 * 3_600_000);
  for (const { id, body } of [...site.contents()])
    site.editPage(id, { body: typeof body === 'string' ? body : body() });
}
