import { resolve } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { MainActivities, ReadActivities, TenantActivities } from '../../activities/contract';
import { NO_ITEMS, NO_REQUESTS, NOTHING_VERIFIED, type TenantReport } from '../../rules/report';
import { taskQueue } from '../../rules/workflow-names';
import type { StatusReport } from '../../workflows/messages';

/** A real Temporal server, and workers with the real workflows whose steps a test decides. */
export class TemporalForTests {
  private constructor(
    readonly env: TestWorkflowEnvironment,
    private readonly bundle: WorkflowBundleWithSourceMap,
  ) {}

  static async start(): Promise<TemporalForTests> {
    Runtime.install({ logger: silent, shutdownSignals: [] });
    const path = process.env['TEMPORAL_CLI_PATH'] ?? 'temporal';
    const [env, bundle] = await Promise.all([
      TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path } } }),
      bundleWorkflowCode({ workflowsPath: resolve(__dirname, '../../workflows/index.ts'), logger: silent }),
    ]);
    return new TemporalForTests(env, bundle);
  }

  /** Runs workers for a tenant while the work lasts. */
  async withWorkers<T>(tenant: string, steps: Partial<Steps>, work: () => Promise<T>): Promise<T> {
    const activities = { ...stepsThatDoNothing, ...steps };
    const base = { connection: this.env.nativeConnection, activities };
    const withWorkflows = { ...base, workflowBundle: this.bundle };
    const workers = [
      await Worker.create({ ...withWorkflows, taskQueue: taskQueue.main }),
      await Worker.create({ ...withWorkflows, taskQueue: taskQueue.read }),
      await Worker.create({ ...base, taskQueue: taskQueue.tenant(tenant) }),
    ];
    const ended = Promise.all(workers.map((worker) => worker.run()));
    try {
      return await work();
    } finally {
      for (const worker of workers) worker.shutdown();
      await ended;
    }
  }

  /** Ends all syncs, so that the next test begins without one. */
  async terminateAll(): Promise<void> {
    for await (const { workflowId, status } of this.env.client.workflow.list()) {
      if (status.name === 'RUNNING') await this.env.client.workflow.getHandle(workflowId).terminate();
    }
  }

  stop(): Promise<void> {
    return this.env.teardown();
  }
}

type Steps = MainActivities & TenantActivities & ReadActivities;

/** A report in which nothing happened. */
export function report(changes: Partial<TenantReport> = {}): TenantReport {
  return {
    tenant: 'acme',
    workflowId: 'sync/acme',
    runId: 'run-1',
    outcome: 'succeeded',
    startedAt: '2026-11-24T10:00:00.000Z',
    endedAt: '2026-11-24T10:01:05.000Z',
    totals: NO_ITEMS,
    verification: NOTHING_VERIFIED,
    requests: NO_REQUESTS,
    spacesTotal: 0,
    spaces: [],
    failures: [],
    ...changes,
  };
}

const noSlices = { from: 0, to: 0 };
const slicePlan = { pages: noSlices, attachments: noSlices };
const sliceResult = { finished: true, ingested: 0, failed: 0 };

const stepsThatDoNothing: Steps = {
  openTenant: () => Promise.resolve({ searchAttributes: [] }),
  acquireTokens: () => Promise.resolve({}),
  discoverPages: () => Promise.resolve({ items: 0 }),
  spacesWithWork: () => Promise.resolve({ spaceKeys: [] }),
  discoverSpace: () => Promise.resolve({ items: 0 }),
  planSpace: () => Promise.resolve(slicePlan),
  ingestPages: () => Promise.resolve(sliceResult),
  ingestAttachments: () => Promise.resolve(sliceResult),
  planRetry: () => Promise.resolve(slicePlan),
  closeSpace: () => Promise.resolve({ outcome: 'succeeded', totals: NO_ITEMS }),
  recordSpace: (input) =>
    Promise.resolve({ spaceKey: input.spaceKey, spaceId: '1', outcome: input.outcome, totals: NO_ITEMS }),
  closeRun: ({ tenant, run, ended }) =>
    Promise.resolve(report({ tenant, runId: run, outcome: ended?.outcome ?? 'succeeded' })),
  readStatus: (): Promise<StatusReport> => Promise.resolve({ tenants: [] }),
};

const nothing = (): undefined => undefined;
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
