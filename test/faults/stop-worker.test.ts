import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createSyncClient } from '../../client';
import { workflowId } from '../../rules/workflow-names';
import { generateSite, startSandbox } from '../../sandbox';
import { expectWhole } from '../end-to-end/expected';
import { temporalServer, UNHURRIED } from '../end-to-end/harness';
import { WorkerProcess } from './suite/processes';
import { until } from '../until';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

const TENANT = 'stopped';
const site = () =>
  generateSite({ spaces: 2, pagesPerSpace: 150, attachmentEvery: 5, bodyBytes: 500, attachmentBytes: 1_000, seed: 7 });

test('B-253 W-33 a worker told to stop in mid-sync gives its work back: the next one ends it, nothing lost or doubled', async () => {
  const home = await mkdtemp(join(tmpdir(), 'syncspace-stop-'));
  const sandbox = await startSandbox({ flavor: 'data-center', tenant: TENANT, site: site() });
  const worker = new WorkerProcess({
    SYNCSPACE_HOME: home,
    TENANT_CONFIG_PATH_PATTERN: join(home, '*-tenant-config.yaml'),
    TEMPORAL_ADDRESS: temporal.address,
  });
  try {
    await sandbox.writeTenantFile(home, UNHURRIED);
    worker.start();
    const handle = await createSyncClient({ client: temporal.client }).requestSync(TENANT);
    await stopDuring({ route: 'confluence.search', requests: 1 });
    await stopDuring({ route: 'unique.upload', requests: 40 });
    const report = await handle.result();

    expect(report).toMatchObject({ outcome: 'succeeded', failures: [], totals: { failed: 0 } });
    expectWhole(sandbox);
    // Given back at once: no step had to wait for the heartbeats of a worker that is gone.
    const spaces = report.spaces.map(({ spaceKey }) => workflowId.space(TENANT, spaceKey));
    const failures = await failuresOfSteps([handle.workflowId, ...spaces]);
    expect(new Set(failures)).toEqual(new Set(['WorkerShutdown']));
    expect(worker.lastWords).toEqual([]);
  } finally {
    await worker.kill('SIGTERM');
    await sandbox.close();
    await rm(home, { recursive: true, force: true });
  }

  /** Stops the worker while requests of a kind are on their way, and starts the next one. */
  async function stopDuring({ route, requests }: { readonly route: string; readonly requests: number }): Promise<void> {
    const slow = sandbox.faults.add({ route, kind: 'slow', ms: 200, after: 1 }); // the first search proves the credential
    await until(() => slow.hits >= requests);
    await worker.kill('SIGTERM');
    slow.remove();
    worker.start();
  }
}, 120_000);

/** Why steps of these workflows were tried again. */
async function failuresOfSteps(ids: readonly string[]): Promise<readonly string[]> {
  const histories = await Promise.all(ids.map((id) => temporal.client.workflow.getHandle(id).fetchHistory()));
  return histories
    .flatMap(({ events }) => events ?? [])
    .flatMap(({ activityTaskStartedEventAttributes: started }) => started?.lastFailure ?? [])
    .map(({ applicationFailureInfo, message }) => applicationFailureInfo?.type ?? message ?? '');
}
