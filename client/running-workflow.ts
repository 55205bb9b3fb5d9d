import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
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
  readonly retrying?: RetryingStep;
}

/** A step that failed and is tried again until it succeeds or gives up. */
export interface RetryingStep {
  /** Activity type, `openTenant` for instance. */
  readonly step: string;
  /** The attempt that runs or comes next; from 2. */
  readonly attempt: number;
  /** What the last attempt ended with. */
  readonly message: string;
}

/** The workflow that runs under the id of the tenant's sync, or `undefined` when none does. */
export function runningWorkflow(client: Client, tenant: string): Promise<RunningWorkflow | undefined> {
  return describeRunning(client, workflowId.tenant(tenant));
}

/** The workflow that runs under an id, or `undefined` when none does. */
export async function describeRunning(client: Client, id: string): Promise<RunningWorkflow | undefined> {
  try {
    const description = await client.workflow.getHandle(id).describe();
    if (description.status.name !== 'RUNNING' && description.status.name !== 'PAUSED') return undefined;
    const retrying = retryingStep(description);
    return {
      workflowId: description.workflowId,
      runId: description.runId,
      firstRunId: description.raw.workflowExecutionInfo?.firstRunId || description.runId,
      type: description.type,
      startedAt: description.startTime,
      ...(retrying === undefined ? {} : { retrying }),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** The one that was tried most often. */
function retryingStep({ raw }: WorkflowExecutionDescription): RetryingStep | undefined {
  const failed = (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure }) => {
    const message = lastFailure?.message;
    return message && attempt && attempt > 1 ? [{ step: activityType?.name ?? '', attempt, message }] : [];
  });
  return failed.sort((a, b) => b.attempt - a.attempt)[0];
}
