import type { ActivityOptions } from '@temporalio/common';
import { proxyActivities } from '@temporalio/workflow';
import type { MainActivities, ReadActivities, TenantActivities } from '../activities/contract';
import { taskQueue } from '../rules/workflow-names';

// All retry policies of the product. No step has a schedule-to-close and no workflow a run time-out: a closed laptop
// must be able to go on where it stopped.

/** A few requests, or a few statements in the store. */
const SHORT_STEP: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes', maximumAttempts: 8 },
};

/** Walks a listing or compares a space: as long as it takes, alive as long as it heartbeats, resumed from its cursor. */
const LONG_STEP: ActivityOptions = {
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes', maximumAttempts: 8 },
};

/** Transfers. Attempts stay open, so that the outage of a night ends with a complete sync; what is final says so itself. */
const SLICE: ActivityOptions = {
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes' },
};

/** Steps on the queue of the workflows: they work before a tenant's own queue is known to be served. */
export const mainSteps = proxyActivities<MainActivities>({ ...SHORT_STEP, taskQueue: taskQueue.main });

export const readSteps = proxyActivities<ReadActivities>({ ...SHORT_STEP, taskQueue: taskQueue.read });

/** Steps of a dry run: where only what reads is served, too. */
export const planSteps = proxyActivities<ReadActivities>({ ...LONG_STEP, taskQueue: taskQueue.read });

/** The steps of one tenant, on its own queue. */
export function tenantSteps(tenant: string) {
  const options = { taskQueue: taskQueue.tenant(tenant) };
  const short = proxyActivities<TenantActivities>({ ...SHORT_STEP, ...options });
  const long = proxyActivities<TenantActivities>({ ...LONG_STEP, ...options });
  const slice = proxyActivities<TenantActivities>({ ...SLICE, ...options });
  return {
    acquireTokens: short.acquireTokens,
    discoverPages: long.discoverPages,
    spacesWithWork: long.spacesWithWork,
    discoverSpace: long.discoverSpace,
    planSpace: long.planSpace,
    planRetry: short.planRetry,
    ingestPages: slice.ingestPages,
    ingestAttachments: slice.ingestAttachments,
    checkApprovals: short.checkApprovals,
    planRemovals: long.planRemovals,
    removeContents: long.removeContents,
    retireScope: short.retireScope,
    closeSpace: long.closeSpace,
    recordSpace: short.recordSpace,
    closeRun: long.closeRun,
  } as const;
}

export type TenantSteps = ReturnType<typeof tenantSteps>;
