import type { ActivityOptions } from '@temporalio/common';
import { proxyActivities } from '@temporalio/workflow';
import type { MainActivities, ReadActivities, TenantActivities } from '../activities/contract';
import { taskQueue } from '../rules/workflow-names';

// All retry policies of the product. No step has a schedule-to-close and no workflow a run time-out: a closed laptop
// must be able to go on where it stopped.

/**
 * Without end: what is final says so itself (`activities/failures.ts`), and what may pass is waited for, so that the
 * outage of a night ends with a complete sync.
 */
const PATIENTLY = { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes' } as const;

/** Before anything is begun: a sync that cannot begin says so after four minutes, and the next one tries again. */
const OPENING_STEP: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  retry: { ...PATIENTLY, maximumAttempts: 8 },
};

/** A few requests, or a few statements in the store; missing heartbeats tell of a dead worker long before two minutes. */
const SHORT_STEP: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '30 seconds',
  retry: PATIENTLY,
};

/** Walks, compares or transfers: as long as it takes, alive as long as it heartbeats, resumed where it stopped. */
const LONG_STEP: ActivityOptions = {
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: PATIENTLY,
};

const opening = proxyActivities<MainActivities>({
  ...OPENING_STEP,
  heartbeatTimeout: '30 seconds',
  taskQueue: taskQueue.main,
});
/** Steps on the queue of the workflows: they work before a tenant's own queue is known to be served. */
export const mainSteps = {
  openTenant: opening.openTenant,
  openDeletion: opening.openDeletion,
  findRunning: opening.findRunning,
  closeRun: proxyActivities<MainActivities>({ ...SHORT_STEP, taskQueue: taskQueue.main }).closeRun,
};

export const readSteps = proxyActivities<ReadActivities>({ ...OPENING_STEP, taskQueue: taskQueue.read });

/** Steps of a dry run, and of a look at a whole tenant: where only what reads is served, too. */
export const planSteps = proxyActivities<ReadActivities>({ ...LONG_STEP, taskQueue: taskQueue.read });

/** The steps of one tenant, on its own queue. */
export function tenantSteps(tenant: string) {
  const options = { taskQueue: taskQueue.tenant(tenant) };
  const short = proxyActivities<TenantActivities>({ ...SHORT_STEP, ...options });
  const long = proxyActivities<TenantActivities>({ ...LONG_STEP, ...options });
  return {
    acquireTokens: short.acquireTokens,
    discoverPages: long.discoverPages,
    spacesWithWork: long.spacesWithWork,
    discoverSpace: long.discoverSpace,
    planSpace: long.planSpace,
    planRetry: short.planRetry,
    ingestPages: long.ingestPages,
    ingestAttachments: long.ingestAttachments,
    checkApprovals: short.checkApprovals,
    planRemovals: long.planRemovals,
    guardTenant: short.guardTenant,
    removeContents: long.removeContents,
    retireScope: short.retireScope,
    closeSpace: long.closeSpace,
    verifyContents: long.verifyContents,
    recordSpace: short.recordSpace,
    closeRun: long.closeRun,
    spacesToDelete: short.spacesToDelete,
    deleteContents: long.deleteContents,
    closeDeletedSpace: short.closeDeletedSpace,
    releaseRoot: short.releaseRoot,
  } as const;
}

export type TenantSteps = ReturnType<typeof tenantSteps>;
