import { report, TemporalForTests } from '../test/cli/with-temporal';
import { applySchedules, createSyncClient, DeletionRunsError, NothingToPauseError, type SyncClient } from '.';
import { until } from '../test/until';

let temporal: TemporalForTests;
let sync: SyncClient;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  sync = createSyncClient(temporal.env);
}, 60_000);
afterEach(() => temporal.terminateAll());
afterAll(() => temporal.stop());

test('a request starts the sync under its canonical id and yields its report', async () => {
  await temporal.withWorkers('acme', {}, async () => {
    const handle = await sync.requestSync('acme');
    const result = await handle.result();
    expect(handle.workflowId).toBe('sync/acme');
    expect(result).toMatchObject({ outcome: 'succeeded', runId: handle.runId });
  });
});

test('B-102 a request while a sync runs is covered by one more round of it', async () => {
  const rounds: unknown[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const discoverPages = async ({ request }: { readonly request: unknown }) => {
    rounds.push(request);
    if (rounds.length === 1) await held;
    return { items: 0 };
  };
  await temporal.withWorkers('acme', { discoverPages }, async () => {
    const first = await sync.requestSync('acme', { spaces: ['ENG'] });
    await until(() => rounds.length === 1);
    const second = await sync.requestSync('acme', { spaces: ['OPS'], force: true });
    letGo();
    await Promise.all([first.result(), second.result()]);
    expect(second.runId).toBe(first.runId);
    expect(rounds).toEqual([{ spaces: ['ENG'] }, { spaces: ['OPS'], force: true }]);
  });
});

test('a failed sync answers with the report that its failure carries', async () => {
  const closeRun = () => Promise.resolve(report({ outcome: 'failed', message: 'credentials refused' }));
  await temporal.withWorkers('acme', { closeRun }, async () => {
    const handle = await sync.requestSync('acme');
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'failed', message: 'credentials refused' });
  });
});

test('a cancelled sync answers with the report from the store', async () => {
  let stored = report();
  const closeRun = ({ run }: { readonly run: string }) =>
    Promise.resolve((stored = report({ runId: run, outcome: 'cancelled' })));
  const readStatus = () =>
    Promise.resolve({
      tenants: [{ tenant: 'acme', status: 'active' as const, last: stored, contents: 0, unfinished: 0 }],
    });
  await temporal.withWorkers('acme', { closeRun, readStatus }, async () => {
    const handle = await sync.requestSync('acme');
    await sync.pause('acme', 'so that it does not end');
    await expect(sync.cancel('acme')).resolves.toMatchObject({ sync: true });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', runId: handle.runId });
  });
});

test('a terminated sync is told apart from one that reports', async () => {
  const handle = await sync.requestSync('acme');
  await temporal.env.client.workflow.getHandle('sync/acme').terminate('by hand');
  await expect(handle.result()).rejects.toMatchObject({ name: 'SyncWithoutReportError', end: 'terminated' });
});

test('nobody waits for the removal of a tenant', async () => {
  await temporal.env.client.workflow.start('deleteTenant', { workflowId: 'sync/acme', taskQueue: 'nobody' });
  await expect(sync.requestSync('acme')).rejects.toThrow(DeletionRunsError);
  await expect(sync.pause('acme')).rejects.toThrow(DeletionRunsError);
});

describe('a tenant that is paused', () => {
  const schedule = { tenant: 'acme', status: 'active', cron: '0 3 * * *', timezone: 'UTC', enabled: true } as const;
  afterEach(() => applySchedules(temporal.env.client, [{ ...schedule, enabled: false }]));

  test('keeps a request until somebody resumes it', async () => {
    await applySchedules(temporal.env.client, [schedule]);
    await expect(sync.pause('acme', 'maintenance')).resolves.toMatchObject({ sync: false, schedule: true });
    let discovered = 0;
    const discoverPages = () => Promise.resolve({ items: ++discovered });
    await temporal.withWorkers('acme', { discoverPages }, async () => {
      const handle = await sync.requestSync('acme');
      expect(handle.paused).toBe('maintenance');
      await until(async () => (await sync.progress('acme'))?.phase === 'discovering pages');
      expect(discovered).toBe(0);

      await expect(sync.requestSync('acme')).resolves.toMatchObject({ paused: 'maintenance' });
      await sync.resume('acme');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'succeeded' });
      expect(discovered).toBeGreaterThan(0);
    });
    await expect(temporal.env.client.schedule.getHandle('sync/acme').describe()).resolves.toMatchObject({
      state: { paused: false },
    });
  });

  test('must have something that can be paused', async () => {
    await expect(sync.pause('acme')).rejects.toThrow(NothingToPauseError);
  });
});

test('a sync that was interrupted is known to wait for a worker', async () => {
  await sync.requestSync('acme');
  await expect(sync.progress('acme')).resolves.toMatchObject({ workflowId: 'sync/acme', answered: false });
  await expect(sync.progress('other')).resolves.toBeUndefined();
});
