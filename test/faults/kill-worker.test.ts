import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createSyncClient } from '../../client';
import { generateSite, startSandbox } from '../../sandbox';
import { expectedItems, storedItems } from '../end-to-end/expected';
import { temporalServer, UNHURRIED } from '../end-to-end/harness';

const CLI = join(__dirname, '../../dist/cli/main.js');

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

/** `syncspace worker` as a process that can be killed. */
function startWorkerProcess(home: string): ChildProcess {
  const environment = {
    ...process.env,
    SYNCSPACE_HOME: home,
    TENANT_CONFIG_PATH_PATTERN: join(home, '*-tenant-config.yaml'),
    TEMPORAL_ADDRESS: temporal.address,
    LOG_LEVEL: 'error',
  };
  return spawn(process.execPath, [CLI, 'worker'], { env: environment, stdio: 'ignore' });
}

const ended = (child: ChildProcess) => new Promise<void>((resolve) => child.once('exit', () => resolve()));

test('a worker killed in mid-sync loses nothing and doubles nothing: the next one goes on', async () => {
  const home = await mkdtemp(join(tmpdir(), 'syncspace-kill-'));
  const site = generateSite({
    spaces: 2,
    pagesPerSpace: 450,
    attachmentEvery: 6,
    bodyBytes: 1_000,
    attachmentBytes: 3_000,
    seed: 7,
  });
  const sandbox = await startSandbox({ flavor: 'data-center', tenant: 'killed', site });
  let worker: ChildProcess | undefined;
  try {
    await sandbox.writeTenantFile(home, UNHURRIED);
    worker = startWorkerProcess(home);
    const handle = await createSyncClient({ client: temporal.client }).requestSync('killed');
    for (const finalized of [100, 400]) {
      await until(() => storedItems(sandbox).size >= finalized);
      worker.kill('SIGKILL');
      await ended(worker);
      worker = startWorkerProcess(home);
    }
    const report = await handle.result();
    expect(report).toMatchObject({
      outcome: 'succeeded',
      totals: { failed: 0, discovered: expectedItems(sandbox).size },
    });
    const [expected, stored] = [expectedItems(sandbox), storedItems(sandbox)];
    expect(sandbox.unique.contents()).toHaveLength(expected.size);
    for (const [key, item] of expected) expect(stored.get(key)).toEqual(item);
  } finally {
    worker?.kill('SIGTERM');
    if (worker) await ended(worker);
    await sandbox.close();
    await rm(home, { recursive: true, force: true });
  }
}, 180_000);

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1_200) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
