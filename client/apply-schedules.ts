import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  type ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { scheduleId, taskQueue, workflowId } from '../rules/workflow-names';
import { annotatedCron, cronOf, describeSchedule, scheduledTenants, STARTED_BY_SCHEDULES } from './scheduled-tenants';
import { shortestIntervalMinutes } from './cron-interval';
import type { DeleteTenantInput, SyncTenantInput } from '../workflows/messages';
import type { DeleteTenantWorkflow } from './delete-tenant';
import type { SyncTenantWorkflow } from './request-sync';

/** What a tenant file says about its Schedule. */
export interface TenantSchedule {
  readonly tenant: string;
  readonly status: 'active' | 'inactive' | 'deleted';
  /** Five fields. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  readonly enabled: boolean;
}

export interface ApplySchedulesOptions {
  /** Tenants whose file is there but cannot be used at the moment: their Schedules stay as they are. */
  readonly untouched?: readonly string[];
}

/** What became of one Schedule. `paused`: its tenant file is gone. */
export interface AppliedSchedule {
  readonly tenant: string;
  readonly scheduleId: string;
  readonly change: 'created' | 'updated' | 'unchanged' | 'removed' | 'paused';
}

/** Written into the note of a Schedule whose file went away, and taken back only where it still stands. */
const FILE_GONE = 'paused because its tenant file is gone; it goes on when the file is back';
const LONGEST_JITTER_MS = 10 * 60_000;
/** After a longer outage of the server the next start is soon enough. */
const CATCH_UP_MS = 10 * 60_000;

/**
 * Makes Temporal's Schedules agree with the tenant files: one for each active tenant, none for inactive ones and those
 * with `schedule.enabled: false`. That of a deleted tenant starts its removal, again and again until nothing is left. A Schedule whose file is gone is paused, and goes on when the file is back; the pause
 * that a person ordered is kept. Safe to repeat.
 *
 * @returns one entry for each tenant that has, had or lost a Schedule
 */
export async function applySchedules(
  client: Client,
  tenants: readonly TenantSchedule[],
  { untouched = [] }: ApplySchedulesOptions = {},
): Promise<readonly AppliedSchedule[]> {
  const applied: AppliedSchedule[] = [];
  for (const tenant of tenants) {
    const { status, enabled } = tenant;
    const starts =
      status === 'inactive' || (status === 'active' && !enabled) ? undefined : STARTED_BY_SCHEDULES[status];
    const change =
      starts === undefined ? await remove(client, tenant.tenant) : await createOrUpdate(client, tenant, starts);
    if (change !== undefined) applied.push({ tenant: tenant.tenant, scheduleId: scheduleId(tenant.tenant), change });
  }
  const known = new Set([...tenants.map(({ tenant }) => tenant), ...untouched]);
  for (const tenant of await scheduledTenants(client)) {
    if (known.has(tenant)) continue;
    if (await pauseOrphan(client, tenant)) applied.push({ tenant, scheduleId: scheduleId(tenant), change: 'paused' });
  }
  return applied;
}

type Started = (typeof STARTED_BY_SCHEDULES)[keyof typeof STARTED_BY_SCHEDULES];
type StartedWorkflow = SyncTenantWorkflow | DeleteTenantWorkflow;

async function createOrUpdate(
  client: Client,
  wanted: TenantSchedule,
  starts: Started,
): Promise<AppliedSchedule['change']> {
  const options = scheduleOptions(wanted, starts);
  try {
    await client.schedule.create<StartedWorkflow>(options);
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = client.schedule.getHandle(options.scheduleId);
  const before = await describeSchedule(handle);
  await handle.update<StartedWorkflow>(({ state, ...before }) => ({
    ...before,
    spec: options.spec,
    policies: options.policies,
    action: options.action,
    state: state.paused && state.note === FILE_GONE ? { ...state, paused: false, note: '' } : state,
  }));
  return before !== undefined && isAsWanted(before, wanted, starts) ? 'unchanged' : 'updated';
}

function scheduleOptions({ tenant, cron, timezone }: TenantSchedule, starts: Started) {
  const jitter = jitterMs(cron);
  return {
    scheduleId: scheduleId(tenant),
    spec: { cronExpressions: [annotatedCron(cron)], timezone, jitter },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS, pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: starts,
      workflowId: workflowId.tenant(tenant),
      taskQueue: taskQueue.main,
      args: [{ tenant }] satisfies [SyncTenantInput] & [DeleteTenantInput],
      staticSummary: starts === 'syncTenant' ? `Tenant ${tenant}` : `Removal of tenant ${tenant}`,
    },
  } satisfies ScheduleOptions<ScheduleOptionsStartWorkflowAction<StartedWorkflow>>;
}

/** A tenth of the interval, so that many tenants do not start in the same second; never so much that a nightly sync begins at dawn. */
function jitterMs(cron: string): number {
  return Math.min(LONGEST_JITTER_MS, shortestIntervalMinutes(cron) * 6_000);
}

function isAsWanted(description: ScheduleDescription, { cron, timezone }: TenantSchedule, starts: Started): boolean {
  const { spec, state, action } = description;
  if (action.workflowType !== starts) return false;
  const sameTimes = cronOf(description) === cron && (spec.timezone ?? 'UTC') === timezone;
  return sameTimes && spec.jitter === jitterMs(cron) && state.note !== FILE_GONE;
}

async function remove(client: Client, tenant: string): Promise<'removed' | undefined> {
  try {
    await client.schedule.getHandle(scheduleId(tenant)).delete();
    return 'removed';
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

async function pauseOrphan(client: Client, tenant: string): Promise<boolean> {
  const handle = client.schedule.getHandle(scheduleId(tenant));
  const description = await describeSchedule(handle);
  if (description === undefined || description.state.paused) return false;
  await handle.pause(FILE_GONE);
  return true;
}
