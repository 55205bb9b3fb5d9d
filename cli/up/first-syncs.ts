import type { Client } from '@temporalio/client';
import { createSyncClient, listSchedules, type SyncClient, workflowId } from '../../client';
import type { TenantConfig } from '../../config/tenant';

/** What `up` did about a tenant when it began. */
export interface FirstSync {
  readonly tenant: string;
  /** `being removed`: its status is `deleted`. */
  readonly state: 'asked for' | 'goes on' | 'paused' | 'being removed';
  readonly workflowId: string;
}

/**
 * Asks for a sync of each active tenant, and for the removal of each deleted one, so that nobody waits for the Schedule.
 * One that was interrupted goes on by itself; a paused tenant is left alone.
 */
export async function startFirstSyncs(client: Client, tenants: readonly TenantConfig[]): Promise<readonly FirstSync[]> {
  const sync = createSyncClient({ client });
  const schedules = await listSchedules(client);
  const paused = new Set(schedules.flatMap((schedule) => (schedule.paused === undefined ? [] : [schedule.tenant])));
  const served = tenants.filter(({ status }) => status !== 'inactive');
  return Promise.all(served.map((tenant) => startFirstSync(sync, tenant, paused.has(tenant.tenant))));
}

async function startFirstSync(
  sync: SyncClient,
  { tenant, status }: Pick<TenantConfig, 'tenant' | 'status'>,
  schedulePaused: boolean,
): Promise<FirstSync> {
  const running = await sync.progress(tenant);
  if (running !== undefined) {
    const state = running.paused === undefined ? 'goes on' : 'paused';
    return { tenant, state, workflowId: running.workflowId };
  }
  if (schedulePaused) return { tenant, state: 'paused', workflowId: workflowId.tenant(tenant) };
  if (status === 'deleted') {
    const removal = await sync.deleteTenant(tenant);
    return { tenant, state: 'being removed', workflowId: removal.workflowId };
  }
  const asked = await sync.requestSync(tenant);
  return { tenant, state: 'asked for', workflowId: asked.workflowId };
}
