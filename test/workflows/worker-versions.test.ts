import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker } from '@temporalio/worker';
import { taskQueue, workflowId } from '../../rules/workflow-names';
import { DEPLOYMENT, versioning } from '../../worker/versioning';
import { syncTenant } from '../../workflows/sync-tenant';
import { localServer, quietRuntime, type StubActivities, stubActivities, workflowBundle } from './environment';
import { until } from '../until';

let env: TestWorkflowEnvironment;
let client: Client;
beforeAll(async () => {
  quietRuntime();
  env = await localServer();
  client = new Client({ connection: await Connection.connect({ address: env.address }) });
}, 60_000);
afterAll(async () => {
  await client.connection.close();
  await env.teardown();
});

/** Workers of one build: the main queue is versioned, the tenant's is not. */
async function withBuild<T>(buildId: string, activities: StubActivities, work: () => Promise<T>): Promise<T> {
  const connection = await NativeConnection.connect({ address: env.address });
  const main = { taskQueue: taskQueue.main, workflowBundle: await workflowBundle(), ...versioning({ buildId }) };
  const worker = await Worker.create({ connection, activities, ...main });
  try {
    return await worker.runUntil(work());
  } finally {
    await connection.close();
  }
}

async function makeCurrent(buildId: string): Promise<void> {
  const request = { namespace: 'default', deploymentName: DEPLOYMENT, buildId };
  await until(() =>
    client.workflowService.setWorkerDeploymentCurrentVersion(request).then(
      () => true,
      () => false, // its workers have not polled yet
    ),
  );
}

/** The builds that did an execution's workflow tasks, in their order. */
async function buildsOf(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const builds = (events ?? []).flatMap(
    ({ workflowTaskCompletedEventAttributes: done }) => done?.deploymentVersion?.buildId ?? [],
  );
  return [...new Set(builds)];
}

test('an execution stays on the build it began on, its chain goes on with the newest, and a new one begins there', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let discoveries = 0;
  const seen: string[] = [];
  const activities = stubActivities(['ENG', 'OPS'], {
    discoverPages: async () => {
      if (++discoveries === 1) await held;
      return { items: 2 };
    },
    planSpace: async ({ tenant, spaceKey }) => {
      seen.push(`${tenant}/${spaceKey}`);
      return { pages: { from: 0, to: 1 }, attachments: { from: 0, to: 0 } };
    },
  });
  const start = (tenant: string) =>
    client.workflow.start(syncTenant, {
      taskQueue: taskQueue.main,
      workflowId: workflowId.tenant(tenant),
      args: [{ tenant }],
    });
  const steps = await Promise.all(
    ['old', 'new'].map((tenant) =>
      Worker.create({ connection: env.nativeConnection, taskQueue: taskQueue.tenant(tenant), activities }),
    ),
  );
  const work = async () => {
    await makeCurrent('A');
    const old = await start('old');
    await until(async () => discoveries === 1);
    await withBuild('B', activities, async () => {
      await makeCurrent('B');
      const fresh = await start('new');
      expect((await fresh.result()).outcome).toBe('succeeded');
      expect(await buildsOf(fresh)).toEqual(['B']);

      release();
      expect((await old.result()).outcome).toBe('succeeded');
      expect(await buildsOf(client.workflow.getHandle(old.workflowId, old.firstExecutionRunId))).toEqual(['A']);
      expect(await buildsOf(client.workflow.getHandle(old.workflowId))).toEqual(['B']);
      // One discovery, each space once: nothing was done anew on the way.
      expect(discoveries).toBe(2);
      expect([...seen].sort()).toEqual(['new/ENG', 'new/OPS', 'old/ENG', 'old/OPS']);
    });
  };
  const [first, second] = steps;
  await first?.runUntil(() => second?.runUntil(() => withBuild('A', activities, work)) ?? Promise.resolve());
}, 90_000);
