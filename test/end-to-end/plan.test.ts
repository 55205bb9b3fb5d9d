import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodeOf } from '../../cli/exit-code';
import { generateSite, Site } from '../../sandbox';
import { storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

const LABEL = ['ai-ingest'];
const AT_ONCE = { deletion: { graceMinutes: 0 }, verify: { doubtMinutes: 0, waitMinutes: 0 } };
/** All that a dry run may ask of Unique. */
const READS = ['unique.contents', 'unique.scopes', 'unique.fileDiff', 'unique.me', 'unique.token'];

const SMALL = { bodyBytes: 300, attachmentBytes: 500 };

function site(): Site {
  const site = new Site();
  for (const key of ['ENG', 'OPS', 'TMP']) {
    site.addSpace({ key });
    for (let number = 1; number <= 10; number++) {
      site.addPage({ spaceKey: key, title: `${key} ${number}`, body: `<p>${key} ${number}</p>`, labels: LABEL });
    }
  }
  const root = site.addPage({ spaceKey: 'OPS', title: 'Root', body: '<p>r</p>', labels: ['ai-ingest-all'] });
  site.addPage({ spaceKey: 'OPS', title: 'Leaf', body: '<p>l</p>', parentId: root.id });
  return site;
}

const plan = async ({ sync, sandbox }: Rig) => (await sync.plan(sandbox.tenant)).result();

/** What was asked of Unique since the log was reset, and is no read. */
const writes = ({ sandbox }: Rig): string[] =>
  Object.keys(sandbox.requests.totals()).filter((route) => route.startsWith('unique.') && !READS.includes(route));

const scopesOf = ({ sandbox }: Rig) => JSON.stringify(sandbox.unique.scopes());

describe.each(['cloud', 'data-center'] as const)('on %s', (flavor) => {
  test('W-65 a dry run before the first sync writes nothing, and foretells it', async () => {
    const options = { flavor, tenant: `plan-first-${flavor}`, site: site(), overrides: AT_ONCE };
    await withRig(temporal, options, async (rig) => {
      const scopes = scopesOf(rig);
      expect(await plan(rig)).toMatchObject({
        outcome: 'succeeded',
        totals: { discovered: 32, new: 32, updated: 0, unchanged: 0, deleted: 0, held: 0 },
        removals: [],
      });
      expect(rig.sandbox.requests.count('unique.scopes')).toBeGreaterThan(0);
      expect(writes(rig)).toEqual([]);
      expect(scopesOf(rig)).toBe(scopes);
      expect(rig.sandbox.unique.contents()).toEqual([]);
      const { tenants } = await rig.sync.status(rig.sandbox.tenant);
      expect(tenants).toEqual([expect.objectContaining({ contents: 0, unfinished: 0 })]);
      expect(tenants[0]).not.toHaveProperty('last');
      expect(tenants[0]).not.toHaveProperty('running');
      expect((await rig.run()).totals).toMatchObject({ new: 32 });
    });
  }, 90_000);

  test('W-23 a dry run says what would be added, updated, moved, removed, held and blocked, and why', async () => {
    const options = { flavor, tenant: `plan-changes-${flavor}`, site: site(), overrides: AT_ONCE };
    await withRig(temporal, options, async (rig) => {
      const { site, tenant } = rig.sandbox;
      await rig.run();
      expect(await plan(rig)).toMatchObject({ outcome: 'succeeded', totals: { new: 0, updated: 0, unchanged: 32 } });

      site.addPage({ spaceKey: 'OPS', title: 'More', body: '<p>m</p>', labels: LABEL });
      site.editPage(site.byTitle('OPS 2').id, { body: '<p>edited</p>' });
      site.setLabels(site.byTitle('OPS 3').id, [...LABEL, 'other']);
      site.setLabels(site.byTitle('OPS 4').id, []);
      site.movePage(site.byTitle('OPS 5').id, { spaceKey: 'ENG' });
      for (let number = 1; number <= 6; number++) site.setLabels(site.byTitle(`ENG ${number}`).id, []);
      site.removeSpace('TMP');

      const before = JSON.stringify([...storedItems(rig.sandbox)]);
      rig.sandbox.requests.reset();
      const planned = await plan(rig);
      expect(writes(rig)).toEqual([]);
      expect(JSON.stringify([...storedItems(rig.sandbox)])).toBe(before);

      expect(planned).toMatchObject({
        tenant,
        outcome: 'blocked',
        totals: { new: 2, updated: 2, moved: 1, deleted: 1 },
      });
      expect(exitCodeOf(planned.outcome)).toBe(3);
      const of = (key: string) => planned.spaces.find(({ spaceKey }) => spaceKey === key);
      expect(
        of('OPS')
          ?.changes?.map(({ why }) => why)
          .sort(),
      ).toEqual(['edited', 'its title, labels, address or configuration changed', 'not in Unique yet']);
      expect(of('ENG')?.blocked).toMatchObject({ deletions: 6, stored: 10 });
      expect(of('TMP')).toMatchObject({
        totals: { held: 10, deleted: 0 },
        held: [{ why: 'not found for the first time' }],
      });
      expect(planned.removals.filter(({ isBlocked }) => isBlocked === undefined)).toEqual(
        expect.arrayContaining([
          { spaceKey: 'OPS', itemKey: site.byTitle('OPS 4').id, evidence: expect.stringContaining('no label') },
          { spaceKey: 'OPS', itemKey: site.byTitle('OPS 5').id, evidence: 'moved to space ENG' },
        ]),
      );
      expect(planned.removals.filter(({ isBlocked }) => isBlocked)).toHaveLength(6);

      // What the dry run blocked can be approved as it stands; it left no tombstone, so TMP is held for the first time.
      const fingerprint = of('ENG')?.blocked?.fingerprint ?? '';
      const synced = await rig.run({ spaces: ['ENG'], approvals: { ENG: fingerprint } });
      expect(synced).toMatchObject({ outcome: 'succeeded', totals: { deleted: 6, new: 1 } });
      expect((await rig.run()).totals).toMatchObject({ new: 1, updated: 2, moved: 1, deleted: 1, held: 10 });
    });
  }, 90_000);
});

test('a dry run beside a running sync disturbs nothing', async () => {
  const big = generateSite({ spaces: 3, pagesPerSpace: 60, attachmentEvery: 4, ...SMALL, seed: 5 });
  await withRig(
    temporal,
    { flavor: 'data-center', tenant: 'plan-beside', site: big, overrides: AT_ONCE },
    async (rig) => {
      const slow = rig.sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 500 });
      const running = rig.run();
      while (rig.sandbox.requests.count('unique.upload') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const planned = await plan(rig);
      expect(planned.totals.discovered).toBeGreaterThan(180);
      slow.remove();
      const report = await running;
      expect(report).toMatchObject({ outcome: 'succeeded', totals: { new: planned.totals.discovered, failed: 0 } });
      expect(storedItems(rig.sandbox).size).toBe(report.totals.new);
    },
  );
}, 90_000);

test('what a dry run estimates is what the sync then needs, within a quarter', async () => {
  const big = generateSite({ spaces: 4, pagesPerSpace: 150, attachmentEvery: 5, ...SMALL, seed: 11 });
  await withRig(temporal, { flavor: 'cloud', tenant: 'plan-estimate', site: big, overrides: AT_ONCE }, async (rig) => {
    const checkedNext = async () => {
      const { estimate } = await plan(rig);
      const { requests } = await rig.run();
      const within = (guess: number, actual: number) => {
        expect(guess).toBeGreaterThanOrEqual(actual * 0.75);
        expect(guess).toBeLessThanOrEqual(actual * 1.25);
      };
      within(estimate.confluenceRequests, requests.confluence + requests.downloads);
      within(estimate.uniqueRequests, requests.unique);
      return { estimate, requests };
    };
    const first = await checkedNext();
    expect(first.estimate.seconds).toBeGreaterThan(1);
    const { site } = rig.sandbox;
    const labelled = [...site.contents()].filter(({ type, labels }) => type === 'page' && labels.includes('ai-ingest'));
    for (const { id } of labelled.slice(0, 45)) site.editPage(id, { body: '<p>edited</p>' });
    await checkedNext();
  });
}, 90_000);
