import type { Client } from '@temporalio/client';
import type { TenantReport } from '../rules/report';
import { taskQueue, workflowId } from '../rules/workflow-names';
import { pauseSignal, requestSignal, type SyncRequest, type SyncTenantInput } from '../workflows/messages';
import { DeletionRunsError } from './errors';
import { syncProgress } from './progress';
import { runningWorkflow } from './running-workflow';
import { schedulePause } from './schedule-pause';
import { syncResult } from './sync-result';

/** The workflow as its callers see it; its code is the worker's. */
export type SyncTenantWorkflow = (input: SyncTenantInput) => Promise<TenantReport>;

/** A sync that was asked for. */
export interface SyncHandle {
  readonly tenant: string;
  /** Always `sync/{tenant}`. */
  readonly workflowId: string;
  /** The run that took the request; with the id it finds the result again after a restart of the caller. */
  readonly runId: string;
  /** Why the tenant is paused, if it is: the request waits until somebody resumes it. */
  readonly paused?: string;
  /**
   * Waits for the report that covers the request, across a continue-as-new and outages of the server of ten minutes.
   * Runs that failed or were cancelled have a report too: look at `outcome`.
   *
   * @throws {SyncWithoutReportError} when the run left none
   */
  result(): Promise<TenantReport>;
}

/**
 * Starts the tenant's sync, or adds the request to the running one, which then makes one more round.
 *
 * A tenant whose Schedule is paused counts as paused: its sync is started paused, so that the request is kept and
 * nothing moves. Safe to run twice: a second request is answered by the same run.
 *
 * @throws {DeletionRunsError} when the tenant is being removed
 */
export async function requestSync(client: Client, tenant: string, request: SyncRequest = {}): Promise<SyncHandle> {
  const [before, scheduled] = await Promise.all([runningWorkflow(client, tenant), schedulePause(client, tenant)]);
  const handle = await client.workflow.signalWithStart<SyncTenantWorkflow, [SyncRequest]>('syncTenant', {
    workflowId: workflowId.tenant(tenant),
    taskQueue: taskQueue.main,
    // Twice, in input and signal: an input without the request would mean "everything".
    args: [{ tenant, ...request }],
    signal: requestSignal,
    signalArgs: [request],
    staticSummary: `Tenant ${tenant}`,
  });
  const { type } = await handle.describe();
  if (type !== 'syncTenant') throw new DeletionRunsError(tenant, type);

  const startedHere = before?.type !== 'syncTenant';
  if (startedHere && scheduled !== undefined) await handle.signal(pauseSignal, scheduled);
  const paused = startedHere ? scheduled : (await syncProgress(client, tenant))?.paused;
  return {
    ...syncHandle(client, tenant, handle.signaledRunId),
    ...(paused === undefined ? {} : { paused }),
  };
}

/** The sync of a request that was made earlier, by its run id. */
export function syncHandle(client: Client, tenant: string, runId: string): SyncHandle {
  const id = workflowId.tenant(tenant);
  return { tenant, workflowId: id, runId, result: () => syncResult(client, tenant, runId) };
}
