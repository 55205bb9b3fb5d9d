import type { Client } from '@temporalio/client';
import { scheduleId } from '../rules/workflow-names';
import { cronOf, describeSchedule, scheduledTenants } from './scheduled-tenants';

/** A Schedule as Temporal has it. */
export interface ListedSchedule {
  readonly tenant: string;
  readonly scheduleId: string;
  /** `undefined` when somebody made the Schedule by hand. */
  readonly cron?: string;
  readonly timezone: string;
  /** The reason, while it is paused. */
  readonly paused?: string;
  /** ISO 8601; jitter included. */
  readonly nextAt?: string;
  readonly lastAt?: string;
}

/** All Schedules that start a tenant's sync, sorted by tenant. */
export async function listSchedules(client: Client): Promise<readonly ListedSchedule[]> {
  const listed: ListedSchedule[] = [];
  for (const tenant of await scheduledTenants(client)) {
    const description = await describeSchedule(client.schedule.getHandle(scheduleId(tenant)));
    if (description === undefined) continue; // removed since it was listed
    const { state, info, spec } = description;
    const [cron, nextAt, lastAt] = [cronOf(description), info.nextActionTimes[0], info.recentActions.at(-1)?.takenAt];
    listed.push({
      tenant,
      scheduleId: scheduleId(tenant),
      ...(cron === undefined ? {} : { cron }),
      timezone: spec.timezone ?? 'UTC',
      ...(state.paused ? { paused: state.note || 'no reason given' } : {}),
      ...(nextAt === undefined ? {} : { nextAt: nextAt.toISOString() }),
      ...(lastAt === undefined ? {} : { lastAt: lastAt.toISOString() }),
    });
  }
  return listed;
}
