import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { applySchedules } from '../../client';
import { scheduleId, workflowId } from '../../rules/workflow-names';
import { Gate, generateSite, type Sandbox, type Site } from '../../sandbox';
import { progressQuery } from '../../workflows/messages';
import { expectWhole, storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';
import { until } from '../until';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 120_000);
afterAll(() => temporal.teardown());

const site = (pagesPerSpace: number) =>
  generateSite({ spaces: 1, pagesPerSpace, attachmentEvery: 0, bodyBytes: 300, attachmentBytes: 1, seed: 5 });

test('W-65 a pause while no worker runs holds the worker that comes: nothing is ingested before the resume', async () => {
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
    expectWhole(rig.sandbox);
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
    expectWhole(rig.sandbox);
  });
}, 120_000);

describe('while downloads would go on for minutes, some before their answer and some within it,', () => {
  test('W-65 a cancelled sync ends at once and breaks them off; the next one does what was left, once', async () => {
    const tenant = 'cancelled-within';
    await withRig(temporal, { flavor: 'data-center', tenant, site: siteWithFiles() }, async (rig) => {
      const { sandbox, sync } = rig;
      const downloads = slowDown(sandbox);
      const asked = await sync.requestSync(tenant);
      await downloads.begun();
      await until(async () => (await sync.status(tenant)).tenants[0]?.running?.done === PAGES);
      await sync.cancel(tenant);
      const cancelled = Date.now();
      expect(await asked.result()).toMatchObject({
        outcome: 'cancelled',
        totals: { discovered: PAGES + FILES.length, new: PAGES, failed: 0 },
        spaces: [{ spaceKey: 'S0001', outcome: 'cancelled' }],
        failures: [],
      });
      expect(Date.now() - cancelled).toBeLessThan(5_000);

      await downloads.brokenOff();
      expect(Date.now() - cancelled).toBeLessThan(15_000);
      expect(storedItems(sandbox).size).toBe(PAGES);

      expect(await rig.run()).toMatchObject({
        outcome: 'succeeded',
        totals: { new: FILES.length, unchanged: PAGES, failed: 0 },
      });
      expectWhole(sandbox);
      expectFinalizedOnce(sandbox);
    });
  }, 120_000);

  test('a pause breaks them off and gives their slots free; they begin again after the resume', async () => {
    const tenant = 'paused-in-download';
    await withRig(temporal, { flavor: 'data-center', tenant, site: siteWithFiles() }, async (rig) => {
      const { sandbox, sync } = rig;
      const downloads = slowDown(sandbox);
      const asked = await sync.requestSync(tenant);
      await downloads.begun();
      await sync.pause(tenant, 'office hours');
      const paused = Date.now();
      await idle(rig, workflowId.space(tenant, 'S0001'));
      await downloads.brokenOff();
      expect(Date.now() - paused).toBeLessThan(15_000);
      const requests = sandbox.requests.count('confluence.download');
      await passed(1_000);
      expect(sandbox.requests.count('confluence.download')).toBe(requests);

      await sync.resume(tenant);
      expect(await asked.result()).toMatchObject({
        outcome: 'succeeded',
        totals: { new: PAGES + FILES.length, failed: 0 },
      });
      expectWhole(sandbox);
      expectFinalizedOnce(sandbox);
    });
  }, 120_000);
});

const PAGES = 3;
/** Read into memory, and streamed into the upload. */
const [SMALL, LARGE] = [200_000, 1_200_000];
const FILES = [
  { title: 'drips-small.pdf', size: SMALL },
  { title: 'waits-small.pdf', size: SMALL },
  { title: 'drips-large.pdf', size: LARGE },
  { title: 'waits-large.pdf', size: LARGE },
];

function siteWithFiles(): Site {
  const made = site(PAGES);
  const page = [...made.contents()].find(({ type }) => type === 'page');
  FILES.forEach(({ title, size }, seed) =>
    made.addAttachment(page?.id ?? '', { title, mediaType: 'application/pdf', bytes: { size, seed } }),
  );
  return made;
}

/** 1,000 bytes a second, or no answer at all until somebody looks who still waits for one. */
function slowDown({ faults, requests }: Sandbox) {
  const gate = new Gate();
  const route = 'confluence.download';
  const titled = (start: string) => (request: { readonly path: string }) => request.path.includes(`/${start}`);
  const dripping = faults.add({ route, kind: 'slow-body', bytesPerSecond: 1_000, match: titled('drips') });
  const waiting = faults.add({ route, kind: 'hold', gate, match: titled('waits') });
  const ended = (start: string) => requests.entries.filter((one) => one.route === route && titled(start)(one));
  return {
    begun: () => until(async () => dripping.hits === 2 && waiting.hits === 2),
    /** Resolves when the connections of the dripping ones are closed; those of the others must be, too. Then all are fast. */
    async brokenOff(): Promise<void> {
      await until(async () => ended('drips').length === 2);
      await passed(200);
      faults.clear();
      gate.open();
      await until(async () => ended('waits').length === 2);
      expect(ended('waits').map(({ status }) => status)).toEqual([0, 0]);
    },
  };
}

function expectFinalizedOnce({ unique }: Sandbox): void {
  for (const [key, { finalize }] of unique.store.upserts) expect({ key, finalize }).toEqual({ key, finalize: 1 });
}

/** Resolves when a workflow has no activity on its way. */
async function idle({ client }: Rig, id: string): Promise<void> {
  await until(async () => {
    const { raw } = await client.workflow.getHandle(id).describe();
    return (raw.pendingActivities ?? []).length === 0 && raw.pendingWorkflowTask == null;
  });
}

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
