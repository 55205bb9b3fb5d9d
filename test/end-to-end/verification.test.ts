import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodeOf } from '../../cli/exit-code';
import { type ConfigSection, Site } from '../../sandbox';
import { type Rig, temporalServer, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

function site(): Site {
  const site = new Site();
  for (const key of ['ENG', 'OPS']) {
    site.addSpace({ key });
    for (let number = 1; number <= 5; number++) {
      site.addPage({ spaceKey: key, title: `${key} ${number}`, body: `<p>${number}</p>`, labels: ['ai-ingest'] });
    }
  }
  return site;
}

let tenants = 0;
function synced(verify: ConfigSection, work: (rig: Rig) => Promise<void>): Promise<void> {
  const tenant = `verification-${++tenants}`;
  const overrides = { verify: { doubtMinutes: 0, ...verify } };
  return withRig(temporal, { flavor: 'data-center', tenant, site: site(), overrides }, work);
}

/** Key in Unique of a page. */
function keyOf({ sandbox }: Rig, title: string): string {
  const { id, spaceKey } = sandbox.site.byTitle(title);
  return `${sandbox.tenant}/${sandbox.site.space(spaceKey).id}_${spaceKey}/${id}`;
}
const looks = ({ sandbox }: Rig): number => sandbox.requests.count('unique.statistics');

test('W-21 a content that Unique cannot ingest is reported with its state, and tried once more, one time a version', async () => {
  await synced({}, async (rig) => {
    const { site, unique } = rig.sandbox;
    unique.ingestionFailures.set(keyOf(rig, 'ENG 3'), 'FAILED_PARSING');
    const first = await rig.run();
    expect(first).toMatchObject({
      outcome: 'partial',
      totals: { new: 10, failed: 0 },
      verification: { finished: 9, pending: 0, failed: 1 },
      failures: [{ spaceKey: 'ENG', itemKey: site.byTitle('ENG 3').id, step: 'verify' }],
    });
    expect(first.failures[0]?.message).toContain('FAILED_PARSING');
    expect(first.spaces.map(({ spaceKey, outcome }) => [spaceKey, outcome])).toEqual([
      ['ENG', 'partial'],
      ['OPS', 'succeeded'],
    ]);
    expect(exitCodeOf(first.outcome)).toBe(3);

    const second = await rig.run();
    expect(second).toMatchObject({
      outcome: 'partial',
      totals: { updated: 1 },
      verification: { finished: 0, failed: 1 },
    });
    const third = await rig.run();
    expect(third).toMatchObject({
      outcome: 'succeeded',
      totals: { updated: 0 },
      verification: { finished: 0, failed: 0 },
    });

    site.editPage(site.byTitle('ENG 3').id, { body: '<p>better</p>' });
    expect(await rig.run()).toMatchObject({ outcome: 'partial', totals: { updated: 1 }, verification: { failed: 1 } });
    unique.ingestionFailures.clear();
    const healed = await rig.run();
    expect(healed).toMatchObject({
      outcome: 'succeeded',
      totals: { updated: 1 },
      verification: { finished: 1, failed: 0 },
    });
    expect((await rig.run()).totals).toMatchObject({ updated: 0 });
  });
}, 90_000);

test('W-21 what a slow platform has not finished is looked at by the next sync, which then is done with it', async () => {
  await synced({ waitMinutes: 0 }, async (rig) => {
    const { switches, unique } = rig.sandbox;
    switches.ingestionMs = 3_600_000;
    expect(await rig.run()).toMatchObject({
      outcome: 'succeeded',
      verification: { finished: 0, pending: 10, failed: 0 },
    });
    for (const { key } of unique.contents()) unique.setIngestionState(key, 'FINISHED');
    unique.setIngestionState(keyOf(rig, 'OPS 1'), 'FAILED_TIMEOUT');
    const next = await rig.run();
    expect(next).toMatchObject({ outcome: 'partial', totals: { unchanged: 10 }, verification: { pending: 0 } });
    expect(next.failures).toEqual([expect.objectContaining({ spaceKey: 'OPS', step: 'verify' })]);
    switches.ingestionMs = 0;
    expect(await rig.run()).toMatchObject({
      outcome: 'succeeded',
      totals: { updated: 1 },
      verification: { finished: 1 },
    });
    const before = looks(rig);
    await rig.run();
    expect(looks(rig)).toBe(before);
  });
}, 90_000);

test('W-21 a sync waits for the platform for some time, once for all spaces; statistics that fail leave it pending', async () => {
  await synced({ waitMinutes: 1 }, async (rig) => {
    const { faults, switches } = rig.sandbox;
    switches.ingestionMs = 1_200;
    expect(await rig.run()).toMatchObject({
      outcome: 'succeeded',
      verification: { finished: 10, pending: 0, failed: 0 },
    });
    const broken = faults.add({ route: 'unique.statistics', kind: 'status', status: 500 });
    const { site } = rig.sandbox;
    site.editPage(site.byTitle('ENG 1').id, { body: '<p>x</p>' });
    expect(await rig.run()).toMatchObject({
      outcome: 'succeeded',
      verification: { finished: 0, pending: 1, failed: 0 },
    });
    broken.remove();
    expect(await rig.run()).toMatchObject({ outcome: 'succeeded', verification: { pending: 0 } });
  });
}, 90_000);
