import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { scheduleId, workflowId } from '../rules/workflow-names';
import { pauseSignal, resumeSignal } from '../workflows/messages';
import { DeletionRunsError, NothingToPauseError } from './errors';
import { runningWorkflow } from './running-workflow';

/** What a pause, a resume or a cancellation reached. */
export interface TurnedTenant {
  readonly tenant: string;
  /** A sync runs and was told. */
  readonly sync: boolean;
  /** The tenant has a Schedule and it was told. */
  readonly schedule: boolean;
}

/**
 * Pauses the tenant: its Schedule starts nothing more, and a running sync stops at its next batches, within seconds.
 * Works while no worker runs; a later sync that somebody asks for is queued until the resume.
 *
 * @throws {NothingToPauseError} when neither a sync nor a Schedule is there
 * @throws {DeletionRunsError} when the tenant is being removed
 */
export async function pauseTenant(client: Client, tenant: string, reason: string): Promise<TurnedTenant> {
  await refuseDeletion(client, tenant);
  // The Schedule first: the other way round it could start a sync in between, and that one would not be paused.
  const schedule = await ifThere(() => client.schedule.getHandle(scheduleId(tenant)).pause(reason));
  const sync = await ifThere(() => client.workflow.getHandle(workflowId.tenant(tenant)).signal(pauseSignal, reason));
  if (!schedule && !sync) throw new NothingToPauseError(tenant);
  return { tenant, sync, schedule };
}

/**
 * Ends the pause of the tenant's Schedule and of its sync, which takes what it had left unfinished first.
 *
 * @throws {DeletionRunsError} when the tenant is being removed
 */
export async function resumeTenant(client: Client, tenant: string): Promise<TurnedTenant> {
  await refuseDeletion(client, tenant);
  const sync = await ifThere(() => client.workflow.getHandle(workflowId.tenant(tenant)).signal(resumeSignal));
  const schedule = await ifThere(() => client.schedule.getHandle(scheduleId(tenant)).unpause('resumed'));
  return { tenant, sync, schedule };
}

/**
 * Asks the running sync to stop: it ends its batches, seals its counts and ends as cancelled. The Schedule stays.
 *
 * @throws {DeletionRunsError} when the tenant is being removed
 */
export async function cancelSync(client: Client, tenant: string): Promise<TurnedTenant> {
  // The server takes a cancellation of an ended workflow for a success.
  const sync =
    (await refuseDeletion(client, tenant)) &&
    (await ifThere(() => client.workflow.getHandle(workflowId.tenant(tenant)).cancel()));
  return { tenant, sync, schedule: false };
}

/** The removal of a tenant runs under the id of its sync, and would take the message for its own. True when a sync runs. */
async function refuseDeletion(client: Client, tenant: string): Promise<boolean> {
  const running = await runningWorkflow(client, tenant);
  if (running !== undefined && running.type !== 'syncTenant') throw new DeletionRunsError(tenant, running.type);
  return running !== undefined;
}

async function ifThere(tell: () => Promise<unknown>): Promise<boolean> {
  try {
    await tell();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError || error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
