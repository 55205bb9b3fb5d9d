import { CancelledFailure } from '@temporalio/common';
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
    throw error instanceof SyncError || isStop(error) ? error : new SyncError(step, error);
  }
}

/** Whether a step was told to stop, by a pause, a cancel or its worker's end: nothing failed. */
export function isStop(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
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

/** Thrown when a root that is given up holds spaces under another tenant's name: changed both at once, they would be lost from sight. */
export class FormerRootOfOtherTenantError extends Error {
  override readonly name = 'FormerRootOfOtherTenantError';

  constructor(former: string, root: string, other: string, tenant: string) {
    super(
      `\`ingestion.scopeId\` now names scope ${root}, but the former root ${former} holds spaces of a tenant "${other}", ` +
        `and this one is "${tenant}": the tenant was renamed together with its root. Nothing was moved. Set \`ingestion.scopeId\` ` +
        `back to ${former}, run \`syncspace sync ${tenant} --rekey\`, and then change the root; or give the tenant its old name back.`,
    );
  }
}

/** Thrown when a space's folder below the root carries the mark of somebody else; it is never taken over in silence. */
export class SpaceScopeTakenError extends Error {
  override readonly name = 'SpaceScopeTakenError';

  constructor(spaceKey: string, scopeId: string, mark: string) {
    super(
      `The folder ${spaceKey} below the root scope (${scopeId}) belongs to somebody else: its external id is ${mark}. ` +
        'Nothing of the space was written. Rename or move that folder in Unique; the next sync then makes a folder of its own.',
    );
  }
}

/** Thrown when Unique made a space's folder somewhere else: it finds folders by their names, and two share the root's path. */
export class SpaceScopeMisplacedError extends Error {
  override readonly name = 'SpaceScopeMisplacedError';

  constructor(spaceKey: string, scopeId: string, rootPath: string) {
    super(
      `Unique found or made the folder of space ${spaceKey} (${scopeId}) outside the root scope: another folder has the same path ${rootPath}. ` +
        'Nothing of the space was written. Rename one of the two, or the folders above them, and remove that folder if it is empty.',
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
      `The root scope was in use before this store was made: its predecessor was lost, or another connector had it. ` +
        `Requests sent last by that one may still arrive, so space ${spaceKey} is compared at ${until.toISOString()}; nothing needs to be done. ` +
        'Who knows that nothing else writes there sets `verify.doubtMinutes: 0` for this sync.',
    );
  }
}

/**
 * Thrown when contents stand under keys that the configuration does not make any more: the tenant's file was renamed, or
 * `ingestion.useV1KeyFormat` changed. Nothing was written.
 */
export class KeysChangedError extends Error {
  override readonly name = 'KeysChangedError';

  constructor(
    tenant: string,
    found: {
      readonly spaceKey: string;
      readonly partialKey: string;
      readonly current: string;
      readonly changed: 'tenant' | 'format';
    },
    spaces: number,
  ) {
    const back =
      found.changed === 'tenant'
        ? `give the tenant's file its former name back (${found.partialKey.split('/')[0] ?? ''}-tenant-config.yaml)`
        : 'set `ingestion.useV1KeyFormat` back to what it was';
    const more = spaces > 1 ? ` and ${spaces - 1} more spaces` : '';
    super(
      `Unique has contents of space ${found.spaceKey}${more} under keys that begin with ${found.partialKey}/, but this configuration makes ` +
        `${found.current}/: every page would be there twice. Nothing was written. Either ${back}, or let everything move to the ` +
        `new keys by \`syncspace sync ${tenant} --rekey\`: it ingests all of it anew and removes each old copy after that.`,
    );
  }
}

/** Thrown when a request under keys that are about to change may still be on its way; it is tried again when it cannot be. */
export class KeysInDoubtError extends Error {
  override readonly name = 'KeysInDoubtError';

  constructor(
    spaceKey: string,
    readonly retryAfterMs: number,
  ) {
    super(
      `A request of an attempt that died may still change contents of space ${spaceKey}, whose keys are to change. ` +
        `The space goes on in ${Math.ceil(retryAfterMs / 60_000)} minutes; nothing needs to be done.`,
    );
  }
}

/** Thrown when a worker gets a step of a run that its store does not know: it was begun in another one. */
export class OtherStoreError extends Error {
  override readonly name = 'OtherStoreError';
  /** Soon, and by whichever worker is free: one with the right store is as likely as not. */
  readonly retryAfterMs = 2_000;

  constructor(tenant: string, run: string, identity: string) {
    super(
      `This worker's store ${identity} does not know run ${run} of tenant ${tenant}, so the run was begun by a worker with another store, ` +
        'and this one steps aside. Give all workers of a deployment the same SYNCSPACE_STORE_URL. If the store was replaced by a new one, ' +
        'cancel the sync and start another.',
    );
  }
}

/** Thrown when a registration of a sync that died may still arrive in a space that is to be removed; it passes with time. */
export class RegistrationOnItsWayError extends Error {
  override readonly name = 'RegistrationOnItsWayError';

  constructor(
    spaceKey: string,
    readonly retryAfterMs: number,
  ) {
    super(
      `A registration of a sync that was cut off may still arrive in space ${spaceKey} and would bring a content back. ` +
        `The removal goes on in ${Math.ceil(retryAfterMs / 1000)} s (\`verify.doubtMinutes\`); nothing needs to be done.`,
    );
  }
}

/** Thrown when a space is to be synced alone while its tenant is being removed. */
export class TenantBeingRemovedError extends Error {
  override readonly name = 'TenantBeingRemovedError';

  constructor(tenant: string, run: string) {
    super(
      `Tenant ${tenant} is being removed (run ${run}), so none of its spaces is synced. ` +
        'Wait until that has ended, and sync the whole tenant if it is to come back.',
    );
  }
}

/** Thrown when a step belongs to a run whose report is sealed: its workflow was reset after its end, and begins a new run. */
export class RunClosedError extends Error {
  override readonly name = 'RunClosedError';

  constructor(tenant: string, run: string) {
    super(
      `Run ${run} of tenant ${tenant} has ended and its report is sealed, so nothing is added to it. ` +
        `Nothing was done in this step; \`syncspace sync ${tenant}\` begins a new run.`,
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

/** What is said of a page that was asked for and that the sync did not find. */
export class PageNotFoundError extends Error {
  override readonly name = 'PageNotFoundError';

  constructor(tenant: string, pageId: string) {
    super(
      `Page ${pageId} of tenant ${tenant} was asked for, but is not among the pages that this sync found. Nothing of it was ingested anew. ` +
        'Check the id, that the page or one above it carries a label of the tenant file, and that the account may view it.',
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
      `${rows} rows in the list of attachments of page ${pageId} could not be read; the others are synced, and none is removed.`,
    );
  }
}

/** Thrown when a step of a run finds the tenant's file bad or gone; it is tried again until that is healed. */
export class TenantFileError extends Error {
  override readonly name = 'TenantFileError';
  readonly retryAfterMs = 5_000;

  constructor(tenant: string, cause: Error) {
    super(
      `The sync waits, because the file of tenant ${tenant} cannot be used. Put it right and the sync goes on by itself, ` +
        `or end it by \`syncspace cancel ${tenant}\`. ${cause.message}`,
      { cause },
    );
  }
}

/** Thrown when a worker that was started since gets a step of a run that began with another site, root scope or kind of keys. */
export class PlaceChangedError extends Error {
  override readonly name = 'PlaceChangedError';

  constructor(tenant: string) {
    super(
      `The file of tenant ${tenant} now names another site, label, Unique, root scope or kind of keys than when this sync began, and the ` +
        'worker was restarted since. The sync ends here, because one half of it must not be taken for the other; nothing is lost. ' +
        `Start another: \`syncspace sync ${tenant}\`.`,
    );
  }
}
