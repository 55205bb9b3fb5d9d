import {
  listSchedules,
  type ListedSchedule,
  type SyncClient,
  type SyncProgress,
  type TenantStatus,
} from '../../client';
import { type Retrying, retryingStep } from '../progress/retrying';
import type { TemporalSession } from '../temporal/session';

/** The running sync as Temporal knows it; `waiting`: it was interrupted and goes on with the next worker. */
export interface RunningSync {
  readonly workflowId: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly state: 'running' | 'paused' | 'waiting for a worker';
  readonly phase?: string;
  readonly paused?: string;
  readonly retrying?: Retrying;
}

/** All that is known about a tenant: from the store, and from Temporal. */
export interface TenantView extends TenantStatus {
  readonly sync?: RunningSync;
  readonly schedule?: ListedSchedule;
}

/** Adds what Temporal knows to what the store knows. */
export async function tenantViews(
  session: TemporalSession,
  client: SyncClient,
  tenants: readonly TenantStatus[],
): Promise<readonly TenantView[]> {
  const [schedules, syncs] = await Promise.all([
    listSchedules(session.client),
    Promise.all(tenants.map(({ tenant }) => client.progress(tenant))),
  ]);
  return tenants.map((status, index) => {
    const sync = syncs[index];
    const schedule = schedules.find(({ tenant }) => tenant === status.tenant);
    return {
      ...status,
      ...(sync === undefined ? {} : { sync: runningSync(sync) }),
      ...(schedule === undefined ? {} : { schedule }),
    };
  });
}

function runningSync(progress: SyncProgress): RunningSync {
  const { workflowId, firstRunId, startedAt, answered, phase, paused } = progress;
  const retrying = retryingStep(progress);
  const state = answered ? (paused === undefined ? 'running' : 'paused') : 'waiting for a worker';
  return {
    workflowId,
    runId: firstRunId,
    startedAt: startedAt.toISOString(),
    state,
    ...(phase === undefined ? {} : { phase }),
    ...(paused === undefined ? {} : { paused }),
    ...(retrying === undefined ? {} : { retrying }),
  };
}
