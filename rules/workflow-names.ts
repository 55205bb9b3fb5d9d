/**
 * Names that other programs rely on: workflow ids and task queues.
 *
 * A workflow that runs under its canonical id is the only one of its kind; one under any other id answers for it.
 */
export const workflowId = {
  tenant: (tenant: string): string => `sync/${tenant}`,
  space: (tenant: string, spaceKey: string): string => `sync/${tenant}/${spaceKey}`,
} as const;

export const scheduleId = (tenant: string): string => `sync/${tenant}`;

export const taskQueue = {
  /** Workflows, and `openTenant`. */
  main: 'syncspace',
  /** Workflows that only read, and their activities. */
  read: 'syncspace-read',
  /** A tenant's activities: own slots, so that no tenant starves another. */
  tenant: (tenant: string): string => `syncspace-${tenant}`,
} as const;

/** Search attributes (all Keyword) that workflows set where the namespace knows them. */
export const searchAttributes = ['SyncTenant', 'SyncSpace', 'SyncOutcome'] as const;
