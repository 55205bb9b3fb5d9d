import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { generateSite } from '../../sandbox';
import { expectWhole, storedItems } from '../end-to-end/expected';
import { temporalServer, withRig } from '../end-to-end/harness';
import { until } from '../until';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

/** Long enough for several attempts of a step: they come after 2 and 4 seconds. */
const OUTAGE_MS = 8_000;

const site = () =>
  generateSite({ spaces: 6, pagesPerSpace: 40, attachmentEvery: 8, bodyBytes: 500, attachmentBytes: 500, seed: 11 });
const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('W-45 a platform that is down in mid-sync is waited for: nothing counts as failed', async () => {
  await withRig(temporal, { flavor: 'data-center', tenant: 'platform-down', site: site() }, async (rig) => {
    const { sandbox } = rig;
    const report = rig.run();
    await until(() => storedItems(sandbox).size >= 60);
    const down = sandbox.faults.add({ route: /^unique\./, kind: 'status', status: 500 });
    await passed(OUTAGE_MS);
    expect(down.hits).toBeGreaterThan(0);
    down.remove();
    expect(await report).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 }, failures: [] });
    expectWhole(rig.sandbox);
  });
}, 120_000);

test('W-67 a site that is down during discovery is waited for, and discovery goes on where it was', async () => {
  await withRig(temporal, { flavor: 'data-center', tenant: 'site-down', site: site() }, async (rig) => {
    const { faults, requests } = rig.sandbox;
    // The first search proves the credential, the second is the first page of the listing.
    const down = faults.add({ route: /^confluence\./, kind: 'drop', after: 3 });
    const report = rig.run();
    await passed(OUTAGE_MS);
    expect(down.hits).toBeGreaterThan(1);
    down.remove();
    expect(await report).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 }, failures: [] });
    expectWhole(rig.sandbox);
    const walked = requests.entries.filter(({ route, status }) => route === 'confluence.search' && status === 200);
    expect(walked.length).toBeLessThan(12);
  });
}, 120_000);

test('W-35 a credential that is revoked in mid-sync ends it with one failure, and the next sync finishes the work', async () => {
  const many = generateSite({
    spaces: 40,
    pagesPerSpace: 5,
    attachmentEvery: 0,
    bodyBytes: 500,
    attachmentBytes: 1,
    seed: 3,
  });
  await withRig(temporal, { flavor: 'data-center', tenant: 'revoked', site: many }, async (rig) => {
    const { sandbox } = rig;
    const report = rig.run();
    await until(() => storedItems(sandbox).size >= 10);
    const revoked = sandbox.faults.add({ route: /^confluence\./, kind: 'status', status: 401 });
    const ended = await report;
    expect(ended.outcome).toBe('failed');
    expect(ended.failures.filter(({ spaceKey }) => spaceKey === '')).toHaveLength(1);
    // The spaces that were on their way say so too; the others were never begun.
    expect(ended.failures.length).toBeLessThanOrEqual(9);
    revoked.remove();
    expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 } });
    expectWhole(rig.sandbox);
  });
}, 120_000);
