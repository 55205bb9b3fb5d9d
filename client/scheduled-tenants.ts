import { type Client, type ScheduleDescription, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { scheduleId } from '../rules/workflow-names';

/** What a tenant's Schedule starts, by the status of the tenant. */
export const STARTED_BY_SCHEDULES = { active: 'syncTenant', deleted: 'deleteTenant' } as const;

/** Names of all tenants that have a Schedule, sorted; Schedules that start something else are left out. */
export async function scheduledTenants(client: Client): Promise<readonly string[]> {
  const prefix = scheduleId('');
  const tenants: string[] = [];
  for await (const { scheduleId: id, action } of client.schedule.list()) {
    const isOurs = Object.values(STARTED_BY_SCHEDULES).some((type) => type === action?.workflowType);
    if (id.startsWith(prefix) && isOurs) tenants.push(id.slice(prefix.length));
  }
  return tenants.sort();
}

/** What Temporal says about a Schedule, or `undefined` when there is none. */
export async function describeSchedule(handle: ScheduleHandle): Promise<ScheduleDescription | undefined> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/**
 * The expression as it is given to the server, which takes it apart and keeps only the comment behind `#` (seen on server
 * 1.32): that is how it can be shown again.
 */
export function annotatedCron(cron: string): string {
  return `${cron} # ${cron}`;
}

/** The expression of a Schedule; `undefined` when somebody made the Schedule by hand. */
export function cronOf({ spec }: ScheduleDescription): string | undefined {
  return spec.calendars?.[0]?.comment || undefined;
}
