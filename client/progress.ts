import {
  type Client,
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { workflowId } from '../rules/workflow-names';
import { type Progress, progressQuery } from '../workflows/messages';
import { describeRunning, type RetryingStep, runningWorkflow } from './running-workflow';

/** A living worker answers in milliseconds, and without one the server would let the query wait. */
const ANSWER_WITHIN_MS = 3_000;

/** How far one space is. Slices are what an ingestion is cut into; they are known once the space is planned. */
export interface SpaceProgress {
  readonly spaceKey: string;
  readonly phase: string;
  readonly slices: number;
  readonly slicesEnded: number;
  readonly retrying?: RetryingStep;
}

/** How far the running sync of a tenant is. */
export interface SyncProgress {
  readonly workflowId: string;
  readonly runId: string;
  /** First run of its chain: the `runId` of its report. */
  readonly firstRunId: string;
  readonly startedAt: Date;
  /** False when no worker answered: an interrupted sync waits for one, and the rest of this is not known. */
  readonly answered: boolean;
  readonly phase?: string;
  /** The reason, while it is paused. */
  readonly paused?: string;
  /** Counts from 1; more than one when it was asked again meanwhile. */
  readonly round?: number;
  readonly spacesEnded?: number;
  /** A step of the tenant's own, those of its spaces are with them. */
  readonly retrying?: RetryingStep;
  /** Spaces that run now, those that answered. */
  readonly spaces: readonly SpaceProgress[];
}

/** How far the tenant's sync is, or `undefined` when none runs. Asks the workflows themselves: leaves nothing in history. */
export async function syncProgress(client: Client, tenant: string): Promise<SyncProgress | undefined> {
  const running = await runningWorkflow(client, tenant);
  if (running === undefined) return undefined;
  const { type, ...known } = running;
  const progress = await askProgress(client, running.workflowId);
  if (progress === undefined) return { ...known, answered: false, spaces: [] };

  const { phase, paused, round, spacesEnded, runningSpaces = [] } = progress;
  // A removal does its spaces itself: workflows of that name are of a sync that has ended.
  const ofOwn = type === 'syncTenant' ? runningSpaces : [];
  const spaces = await Promise.all(ofOwn.map((spaceKey) => spaceProgress(client, tenant, spaceKey)));
  return {
    ...known,
    answered: true,
    phase,
    ...(paused === undefined ? {} : { paused }),
    ...(round === undefined ? {} : { round }),
    ...(spacesEnded === undefined ? {} : { spacesEnded }),
    spaces: spaces.filter((space) => space !== undefined),
  };
}

async function spaceProgress(client: Client, tenant: string, spaceKey: string): Promise<SpaceProgress | undefined> {
  const id = workflowId.space(tenant, spaceKey);
  const [progress, running] = await Promise.all([askProgress(client, id), describeRunning(client, id)]);
  if (progress === undefined) return undefined;
  const { phase, slices = 0, slicesEnded = 0 } = progress;
  const retrying = running?.retrying;
  return { spaceKey, phase, slices, slicesEnded, ...(retrying === undefined ? {} : { retrying }) };
}

/** `undefined` when nobody answers. */
async function askProgress(client: Client, id: string): Promise<Progress | undefined> {
  try {
    return await client.connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      client.workflow.getHandle(id).query(progressQuery),
    );
  } catch (error) {
    if (isWithoutAnswer(error)) return undefined;
    throw error;
  }
}

/**
 * No worker, or none that has seen it yet; a workflow that has just ended, that the server itself paused, or of another
 * type. The server says "no answer" by several codes, the time after a worker's death by yet others; that it is reachable
 * was seen just before, so whatever it says of a question is no answer.
 */
function isWithoutAnswer(error: unknown): boolean {
  const refusals = [WorkflowNotFoundError, QueryRejectedError, QueryNotRegisteredError, ServiceError];
  return refusals.some((refusal) => error instanceof refusal);
}
