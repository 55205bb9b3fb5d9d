import type { Client } from '@temporalio/client';
import { createSyncClient, listSchedules, type SyncClient, workflowId } from '../../client';
import type { TenantConfig } from '../../config/tenant';

/** What `up` did about a tenant when it began. */
export interface FirstSync {
  readonly tenant: string;
  readonly state: 'asked for' | 'goes on' | 'paused';
  readonly workflowId: string;
}

/**
 * Asks for a sync of each active tenant, so that nobody waits for the Schedule. One that was interrupted goes on by
 * itself; a paused tenant is left alone.
 */
export async function startFirstSyncs(client: Client, tenants: readonly TenantConfig[]): Promise<readonly FirstSync[]> {
  const sync = createSyncClient({ client });
  const schedules = await listSchedules(client);
  const paused = new Set(schedules.flatMap((schedule) => (schedule.paused === undefined ? [] : [schedule.tenant])));
  const active = tenants.filter(({ status }) => status === 'active');
  return Promise.all(active.map(({ tenant }) => startFirstSync(sync, tenant, paused.has(tenant))));
}

async function startFirstSync(sync: SyncClient, tenant: string, schedulePaused: boolean): Promise<FirstSync> {
  const running = await sync.progress(tenant);
  if (running !== undefined) {
    const state = running.paused === undefined ? 'goes on' : 'paused';
    return { tenant, state, workflowId: running.workflowId };
  }
  if (schedulePaused) return { tenant, state: 'paused', workflowId: workflowId.tenant(tenant) };
  const asked = await sync.requestSync(tenant);
  return { tenant, state: 'asked for', workflowId: asked.workflowId };
}
