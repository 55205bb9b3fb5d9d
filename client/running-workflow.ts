import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { workflowId } from '../rules/workflow-names';

/** What runs under the id of a tenant's sync. */
export interface RunningWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  /** First run of the chain: the `runId` of the report. */
  readonly firstRunId: string;
  /** `syncTenant`, or `deleteTenant` while the tenant is being removed. */
  readonly type: string;
  readonly startedAt: Date;
}

/** The workflow that runs under the id of the tenant's sync, or `undefined` when none does. */
export async function runningWorkflow(client: Client, tenant: string): Promise<RunningWorkflow | undefined> {
  try {
    const description = await client.workflow.getHandle(workflowId.tenant(tenant)).describe();
    if (description.status.name !== 'RUNNING' && description.status.name !== 'PAUSED') return undefined;
    return {
      workflowId: description.workflowId,
      runId: description.runId,
      firstRunId: description.raw.workflowExecutionInfo?.firstRunId || description.runId,
      type: description.type,
      startedAt: description.startTime,
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
