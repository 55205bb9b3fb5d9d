import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { ReadActivities } from '../../activities/contract';
import { NO_ITEMS, NO_REQUESTS, NOTHING_VERIFIED, type TenantReport } from '../../rules/report';
import { searchAttributes, taskQueue } from '../../rules/workflow-names';
import {
  localServer,
  quietRuntime,
  type StubActivities,
  stubActivities,
  withWorkers,
  workflowBundle,
} from '../workflows/environment';

/** A real Temporal server, and workers with the real workflows whose steps a test decides. */
export class TemporalForTests {
  private constructor(readonly env: TestWorkflowEnvironment) {}

  static async start(): Promise<TemporalForTests> {
    quietRuntime();
    const env = await localServer({ searchAttributes: true });
    return new TemporalForTests(env);
  }

  /** Runs workers of a tenant without spaces while the work lasts. */
  async withWorkers<T>(
    tenant: string,
    steps: Partial<StubActivities & ReadActivities>,
    work: () => Promise<T>,
  ): Promise<T> {
    const openTenant = () => Promise.resolve({ searchAttributes: [...searchAttributes] });
    const activities = { ...stubActivities([], { openTenant }), ...steps };
    const reader = await Worker.create({
      connection: this.env.nativeConnection,
      workflowBundle: await workflowBundle(),
      taskQueue: taskQueue.read,
      activities,
    });
    return reader.runUntil(withWorkers(this.env, tenant, activities, work));
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
