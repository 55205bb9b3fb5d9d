import type { Client } from '@temporalio/client';
import { workflowId } from '../../../rules/workflow-names';
import { SPACES } from './site';

/** What a tenant's running syncs wait for: activities that failed before, and that nobody has taken yet. */
export async function waitsOf(client: Client, tenant: string): Promise<readonly string[]> {
  const ids = [workflowId.tenant(tenant), ...SPACES.map((key) => workflowId.space(tenant, key))];
  const waits = await Promise.all(ids.map((id) => waitsOfWorkflow(client, id).catch(() => [])));
  return waits.flat();
}

async function waitsOfWorkflow(client: Client, id: string): Promise<readonly string[]> {
  const { raw } = await client.workflow.getHandle(id).describe();
  return (raw.pendingActivities ?? []).map(({ activityType, attempt, scheduledTime, lastFailure }) => {
    const dueIn = Math.round(Number(scheduledTime?.seconds ?? 0) - Date.now() / 1000);
    const due = dueIn > 0 ? ` in ${dueIn} s` : '';
    return `${id} ${activityType?.name ?? '?'}, attempt ${attempt ?? 0}${due}: ${lastFailure?.message ?? 'no failure'}`;
  });
}
