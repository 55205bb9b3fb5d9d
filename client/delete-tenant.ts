import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { TenantReport } from '../rules/report';
import { scheduleId, taskQueue, workflowId } from '../rules/workflow-names';
import type { DeleteTenantInput } from '../workflows/messages';
import { SyncRunsError } from './errors';
import { syncHandle, type SyncHandle } from './request-sync';
import { runningWorkflow } from './running-workflow';
import { describeSchedule } from './scheduled-tenants';

/** The workflow as its callers see it; its code is the worker's. */
export type DeleteTenantWorkflow = (input: DeleteTenantInput) => Promise<TenantReport>;

/** A removal that was begun. */
export type DeletionHandle = Omit<SyncHandle, 'paused'>;

/** Written into the note of the Schedule of a tenant whose file still says that it is to be synced. */
const REMOVED = 'paused because the tenant was removed; a resume brings it back';

/**
 * Begins to remove all that the tenant put into Unique, or joins the removal that runs. Where nothing is left the report
 * says `skipped`. A Schedule that syncs the tenant is paused, else its next start would bring everything back.
 *
 * @throws {SyncRunsError} while a sync of the tenant runs
 */
export async function deleteTenant(client: Client, tenant: string): Promise<DeletionHandle> {
  for (;;) {
    try {
      const handle = await client.workflow.start<DeleteTenantWorkflow>('deleteTenant', {
        workflowId: workflowId.tenant(tenant),
        taskQueue: taskQueue.main,
        args: [{ tenant }],
        staticSummary: `Removal of tenant ${tenant}`,
      });
      await pauseSyncs(client, tenant);
      return syncHandle(client, tenant, handle.firstExecutionRunId);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = await runningWorkflow(client, tenant);
    if (running?.type === 'deleteTenant') return syncHandle(client, tenant, running.runId);
    if (running !== undefined) throw new SyncRunsError(tenant, running.workflowId);
    // It has ended in between: once more.
  }
}

async function pauseSyncs(client: Client, tenant: string): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId(tenant));
  const description = await describeSchedule(handle);
  if (description === undefined || description.state.paused) return;
  if (description.action.workflowType === 'syncTenant') await handle.pause(REMOVED);
}
