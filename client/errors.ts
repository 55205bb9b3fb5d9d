/** Thrown when the id of a tenant's sync is held by the removal of that tenant: what was asked will not be done. */
export class DeletionRunsError extends Error {
  override readonly name = 'DeletionRunsError';

  constructor(
    readonly tenant: string,
    /** The workflow type that runs under the id of the sync. */
    readonly workflowType: string,
  ) {
    super(
      `Tenant ${tenant} is being removed (a ${workflowType} runs under the id of its sync), so nothing is synced. ` +
        'Wait until it has ended, and ask again if the tenant is to come back.',
    );
  }
}

/** Thrown when a tenant is to be removed while its sync runs. */
export class SyncRunsError extends Error {
  override readonly name = 'SyncRunsError';

  constructor(
    readonly tenant: string,
    workflowId: string,
  ) {
    super(
      `A sync of tenant ${tenant} runs (${workflowId}), so nothing is removed. ` +
        `Wait until it has ended, or end it with \`syncspace cancel ${tenant}\`, and ask again.`,
    );
  }
}

/** How a workflow ended that left no report. */
export type EndWithoutReport = 'cancelled' | 'terminated' | 'timed out' | 'failed';

/** Thrown when a sync ended without a report: terminated, refused because of its input, or cancelled while nobody can say what was done. */
export class SyncWithoutReportError extends Error {
  override readonly name = 'SyncWithoutReportError';

  constructor(
    readonly workflowId: string,
    readonly runId: string,
    readonly end: EndWithoutReport,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The sync ${workflowId} (run ${runId}) ${wasOrHas(end)}: ${reason}. ` +
        'What it had ingested stays, what it left unfinished is taken up by the next sync.',
      options,
    );
  }
}

/** Thrown when a question that only a worker can answer stays without an answer. */
export class NoWorkerAnswersError extends Error {
  override readonly name = 'NoWorkerAnswersError';

  constructor(taskQueue: string, waitedMs: number, options?: ErrorOptions) {
    super(
      `No worker answered on task queue ${taskQueue} within ${waitedMs / 1000} s. ` +
        'Start one with `syncspace worker` (or `syncspace up`), or look whether the one that runs is healthy.',
      options,
    );
  }
}

/** Thrown when a worker could not answer a question about its store; the message is the worker's. */
export class QuestionFailedError extends Error {
  override readonly name = 'QuestionFailedError';
}

/** Thrown when a tenant has neither a running sync nor a Schedule, so that there is nothing that could be paused. */
export class NothingToPauseError extends Error {
  override readonly name = 'NothingToPauseError';

  constructor(readonly tenant: string) {
    super(
      `Tenant ${tenant} has no running sync and no Schedule, so there is nothing to pause. ` +
        'Give it a Schedule with `syncspace schedule apply`, or pause it once it syncs.',
    );
  }
}

function wasOrHas(end: EndWithoutReport): string {
  return end === 'cancelled' || end === 'terminated' ? `was ${end}` : `has ${end}`;
}
