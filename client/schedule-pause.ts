import type { Client } from '@temporalio/client';
import { scheduleId } from '../rules/workflow-names';
import { describeSchedule } from './scheduled-tenants';

/** Why the tenant's Schedule is paused; `undefined` when it is not, or when there is none. */
export async function schedulePause(client: Client, tenant: string): Promise<string | undefined> {
  const description = await describeSchedule(client.schedule.getHandle(scheduleId(tenant)));
  if (description === undefined || !description.state.paused) return undefined;
  return description.state.note || 'its Schedule is paused';
}
