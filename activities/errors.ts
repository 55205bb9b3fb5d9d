import type { Failure, Step } from '../rules/report';

/** Names the step that an error happened in, where an activity has several; its message is the cause's. */
export class SyncError extends Error {
  override readonly name = 'SyncError';

  constructor(
    readonly step: Step,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs one step of an activity; its error says which step it was. */
export async function inStep<T>(step: Step, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SyncError || (error instanceof Error && error.name === 'AbortError')
      ? error
      : new SyncError(step, error);
  }
}

/** Thrown when `ingestion.scopeId`, or a scope above it, is not there or not readable. */
export class RootScopeMissingError extends Error {
  override readonly name = 'RootScopeMissingError';

  constructor(scopeId: string, configured: string) {
    const what = scopeId === configured ? 'root scope' : `scope ${scopeId} above the root scope`;
    super(
      `The ${what} ${configured} does not exist in Unique, or the service user may not see it. ` +
        'Create the folder in Unique, or correct `ingestion.scopeId` in the tenant file; nothing was written.',
    );
  }
}

/** Thrown when the root scope carries the mark of another Confluence instance. */
export class RootOwnedByOtherError extends Error {
  override readonly name = 'RootOwnedByOtherError';

  constructor(scopeId: string, owner: string, ours: string) {
    super(
      `The root scope ${scopeId} belongs to another Confluence instance (${owner}; this tenant is ${ours}). ` +
        'Give each instance a root scope of its own in `ingestion.scopeId`; nothing was written.',
    );
  }
}

/** Thrown when another run holds the space; it is tried again until its lease ends. */
export class SpaceHeldError extends Error {
  override readonly name = 'SpaceHeldError';

  constructor(
    spaceKey: string,
    owner: string,
    readonly retryAfterMs: number,
  ) {
    super(`Space ${spaceKey} is held by run ${owner}; it is tried again when that run's lease has ended.`);
  }
}

/** Thrown when requests of whoever had the root scope before may still arrive in a space; it is tried again after that. */
export class FormerOwnerError extends Error {
  override readonly name = 'FormerOwnerError';

  constructor(
    spaceKey: string,
    until: Date,
    readonly retryAfterMs: number,
  ) {
    super(
      `Space ${spaceKey} has contents that this store did not make: its predecessor was lost, or another connector made them. ` +
        `Their last requests may still arrive, so the space is compared at ${until.toISOString()}; nothing needs to be done. ` +
        'Who knows that nothing else writes there sets `verify.doubtMinutes: 0` for this sync.',
    );
  }
}

/** Thrown when a space that was asked for has nothing to sync. */
export class SpaceNotFoundError extends Error {
  override readonly name = 'SpaceNotFoundError';

  constructor(tenant: string, spaceKey: string) {
    super(
      `Space ${spaceKey} of tenant ${tenant} has no labelled page that the account can see. ` +
        'Check the key, the labels in the tenant file, and the permission "view" of the account.',
    );
  }
}

/** Thrown when item after item found a service not working: the slice stops and is tried again, instead of failing them all. */
export class SystemDownError extends Error {
  override readonly name = 'SystemDownError';

  constructor(last: Failure) {
    super(`Item after item found the other side not working; the slice is tried again later. Last: ${last.message}`);
  }
}

/** Thrown when a sync of a tenant is asked for whose file says that it is not to be synced. */
export class TenantNotActiveError extends Error {
  override readonly name = 'TenantNotActiveError';

  constructor(tenant: string, status: string) {
    super(`Tenant ${tenant} is ${status}, so it is not synced. Set \`status: active\` in its file to sync it.`);
  }
}

/** Thrown when a page's list of attachments holds rows that cannot be read: then it is not complete. */
export class UnreadableAttachmentsError extends Error {
  override readonly name = 'UnreadableAttachmentsError';

  constructor(pageId: string, rows: number) {
    super(
      `${rows} rows in the list of attachments of page ${pageId} could not be read; those listed with the page are kept.`,
    );
  }
}
