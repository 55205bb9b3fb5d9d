import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { applySchedules } from '../../client';
import { scheduleId, workflowId } from '../../rules/workflow-names';
import { generateSite } from '../../sandbox';
import { progressQuery } from '../../workflows/messages';
import { expectedItems, storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 120_000);
afterAll(() => temporal.teardown());

const site = (pagesPerSpace: number) =>
  generateSite({ spaces: 1, pagesPerSpace, attachmentEvery: 0, bodyBytes: 300, attachmentBytes: 1, seed: 5 });

test('a pause while no worker runs holds the worker that comes: nothing is ingested before the resume', async () => {
  const tenant = 'paused-before';
  await withRig(temporal, { flavor: 'data-center', tenant, site: site(5) }, async (rig) => {
    const { client, sandbox, sync } = rig;
    await rig.stopWorker();
    await applySchedules(client, [{ tenant, status: 'active', cron: '0 4 1 1 *', timezone: 'UTC', enabled: true }]);
    const asked = await sync.requestSync(tenant);
    expect(await sync.pause(tenant, 'migration')).toMatchObject({ sync: true, schedule: true });
    const schedule = () => client.schedule.getHandle(scheduleId(tenant)).describe();
    expect((await schedule()).state).toMatchObject({ paused: true, note: 'migration' });

    await rig.startWorker();
    const running = client.workflow.getHandle(asked.workflowId);
    await until(async () => (await running.query(progressQuery)).phase === 'discovering pages');
    await idle(rig, asked.workflowId);
    expect(await running.query(progressQuery)).toMatchObject({ paused: 'migration' });
    expect(sandbox.requests.count('confluence.contents')).toBe(0);
    expect(sandbox.unique.contents()).toEqual([]);

    await sync.resume(tenant);
    expect(await asked.result()).toMatchObject({ outcome: 'succeeded' });
    expectWhole(rig);
    expect((await schedule()).state.paused).toBe(false);
  });
}, 120_000);

test('a pause in the middle of a slice gives its slot free within seconds, and the slice goes on after the resume', async () => {
  const tenant = 'paused-within';
  await withRig(temporal, { flavor: 'data-center', tenant, site: site(160) }, async (rig) => {
    const { sandbox, sync } = rig;
    sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 800 });
    const asked = await sync.requestSync(tenant);
    await until(async () => storedItems(sandbox).size > 0);
    await sync.pause(tenant, 'office hours');
    const paused = Date.now();
    await idle(rig, workflowId.space(tenant, 'S0001'));
    expect(Date.now() - paused).toBeLessThan(15_000);
    await passed(1_000); // requests are noted when they end, those that were broken off too
    const uploads = sandbox.requests.count('unique.upload');
    expect(uploads).toBeLessThan(160);
    await passed(1_000);
    expect(sandbox.requests.count('unique.upload')).toBe(uploads);

    sandbox.faults.clear();
    await sync.resume(tenant);
    expect(await asked.result()).toMatchObject({ outcome: 'succeeded', totals: { new: 160, failed: 0 } });
    expectWhole(rig);
  });
}, 120_000);

function expectWhole({ sandbox }: Rig): void {
  const [expected, stored] = [expectedItems(sandbox), storedItems(sandbox)];
  expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, item] of expected) expect(stored.get(key)).toEqual(item);
}

/** Resolves when a workflow has no activity on its way. */
async function idle({ client }: Rig, id: string): Promise<void> {
  await until(async () => {
    const { raw } = await client.workflow.getHandle(id).describe();
    return (raw.pendingActivities ?? []).length === 0 && raw.pendingWorkflowTask == null;
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds().catch(() => false)); tries++) {
    if (tries > 600) throw new Error('waited in vain');
    await passed(50);
  }
}

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
