import type { PlanReport } from '../rules/plan-report';
import type { DeletionPreview } from '../rules/deletion-preview';
import type { Outcome, SpaceReport, Step, TenantReport, Totals } from '../rules/report';
import type { DeleteTenantInput, ReadStatusInput, SliceRange, StatusReport, SyncRequest } from '../workflows/messages';

/** One execution of a sync in the store: the chain's first execution run id. */
export interface RunInput {
  readonly tenant: string;
  readonly run: string;
}

export interface SpaceInput extends RunInput {
  readonly spaceKey: string;
}

export interface OpenTenantInput extends RunInput {
  readonly workflowId: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface OpenTenantResult {
  /** Custom search attributes that the namespace knows; only these may be set. */
  readonly searchAttributes: readonly string[];
}

export interface DiscoverPagesInput extends RunInput {
  /** Counts the walks of one run; each discovers anew. */
  readonly round: number;
  readonly request: SyncRequest;
}

export interface SpacesWithWorkInput extends RunInput {
  readonly after: string;
  readonly limit: number;
  readonly request: SyncRequest;
}

export interface SpacesWithWorkResult {
  readonly spaceKeys: readonly string[];
  /** Where the next look begins; `undefined` at the end. */
  readonly next?: string;
  /** With the last page: spaces that have contents in the ledger and nothing listed, at most 100. */
  readonly lost?: readonly string[];
}

export interface PlanSpacesInput extends RunInput {
  readonly after: string;
  readonly limit: number;
}

export interface PlanSpacesResult {
  /** Where the next look begins; `undefined` at the end. */
  readonly next?: string;
}

export interface DiscoverSpaceInput extends SpaceInput {
  readonly round: number;
}

export interface PlanSpaceInput extends SpaceInput {
  readonly force: boolean;
  /** What is forced; absent: everything. */
  readonly pages?: readonly string[];
}

export interface SlicePlan {
  readonly pages: SliceRange;
  readonly attachments: SliceRange;
  /** Items that may have to be removed. */
  readonly candidates?: number;
}

export interface PlanRemovalsInput extends SpaceInput {
  /** Fingerprint of removals that a person approved. */
  readonly approval?: string;
  /** `guardTenant` is asked before anything is removed; here only the space's own guard is. */
  readonly isGuardedLater?: true;
}

export interface PlanRemovalsResult {
  /** Removals that have evidence and that the guard let pass. */
  readonly removals: number;
}

export interface RemoveContentsResult {
  /** False while removals are left: a slice was full, or it stopped early. */
  readonly finished: boolean;
}

export interface CheckApprovalsInput extends RunInput {
  readonly round: number;
  /** Fingerprints by space key. */
  readonly approvals: Readonly<Record<string, string>>;
}

export interface CheckApprovalsResult {
  /** Why nothing is done, if a fingerprint is unknown. */
  readonly refused?: string;
}

export interface RetryInput extends SpaceInput {
  /** Counts the retry rounds of the space, from 1. */
  readonly retry: number;
}

export interface SliceInput extends SpaceInput {
  readonly slice: number;
  /** Number of the retry round that the slice is of; absent in none. */
  readonly retry?: number;
}

export interface AcquireTokensInput extends RunInput {
  /** Asks both sides, whatever they said before. */
  readonly afresh?: boolean;
}

export interface SliceResult {
  /** False when the slice stopped early (pause, cancel, shutdown): what is left is unfinished work. */
  readonly finished: boolean;
  readonly ingested: number;
  readonly failed: number;
}

export interface CloseSpaceResult {
  readonly outcome: Outcome;
  readonly totals: Totals;
}

export interface RecordSpaceInput extends SpaceInput {
  readonly outcome: Outcome;
  readonly step: Step;
  readonly message: string;
}

export interface CloseRunInput extends RunInput {
  readonly workflowId: string;
  readonly startedAt: string;
  /** What was asked for by these ids, and must not end in silence if it is nowhere. */
  readonly pages?: readonly string[];
  /** Absent for a sync. */
  readonly purpose?: TenantReport['purpose'];
  /** Set when the run did not come to its end. */
  readonly ended?: { readonly outcome: Outcome; readonly step: Step; readonly message: string };
}

export interface OpenDeletionResult extends OpenTenantResult {
  /** Why there is nothing to remove, if so. */
  readonly nothingToDo?: string;
}

/** Where contents of a space are in Unique. */
export interface SpacePlace {
  readonly spaceId: string;
  /** Absent where only the ledger remembers the space. */
  readonly scopeId?: string;
}

/** A space of a tenant that is removed; a key that was given to another space has several places. */
export interface SpaceToDelete {
  readonly spaceKey: string;
  readonly places: readonly SpacePlace[];
}

export interface SpacesToDeleteInput extends RunInput {
  readonly after: string;
  readonly limit: number;
}

export interface SpacesToDeleteResult {
  readonly spaces: readonly SpaceToDelete[];
  readonly isLast: boolean;
}

export interface DeleteContentsInput extends RunInput, SpaceToDelete {}

export interface DeleteContentsResult {
  /** False while there may be more to remove. */
  readonly finished: boolean;
  /** Contents of ours that were tried and stay. */
  readonly left: number;
}

export interface CloseDeletedSpaceInput extends DeleteContentsInput {
  readonly left: number;
}

/** On the queue of the workflows. */
export interface MainActivities {
  openTenant(input: OpenTenantInput): Promise<OpenTenantResult>;
  /** Begins the removal of a tenant. */
  openDeletion(input: OpenTenantInput): Promise<OpenDeletionResult>;
  /** The type of the workflow that runs under an id; absent when none does any more. */
  findRunning(input: { readonly workflowId: string }): Promise<{ readonly type?: string }>;
  closeRun(input: CloseRunInput): Promise<TenantReport>;
}

/** On a tenant's own queue. */
export interface TenantActivities {
  acquireTokens(input: AcquireTokensInput): Promise<{ readonly expiresAt?: string }>;
  discoverPages(input: DiscoverPagesInput): Promise<{ readonly items: number }>;
  spacesWithWork(input: SpacesWithWorkInput): Promise<SpacesWithWorkResult>;
  discoverSpace(input: DiscoverSpaceInput): Promise<{ readonly items: number }>;
  planSpace(input: PlanSpaceInput): Promise<SlicePlan>;
  ingestPages(input: SliceInput): Promise<SliceResult>;
  ingestAttachments(input: SliceInput): Promise<SliceResult>;
  /** Cuts what failed and may succeed later into smaller slices. */
  planRetry(input: RetryInput): Promise<SlicePlan>;
  checkApprovals(input: CheckApprovalsInput): Promise<CheckApprovalsResult>;
  /** Judges what the space has in Unique and this run did not list. */
  planRemovals(input: PlanRemovalsInput): Promise<PlanRemovalsResult>;
  /** Holds the removals of all spaces back when they are too many together. */
  guardTenant(input: RunInput): Promise<void>;
  /** Removes the next of what the plan let go. */
  removeContents(input: SpaceInput): Promise<RemoveContentsResult>;
  /** Removes the empty scope of a space that is gone. */
  retireScope(input: SpaceInput): Promise<void>;
  closeSpace(input: SpaceInput): Promise<CloseSpaceResult>;
  /** Looks what the platform made of the contents, for some time. */
  verifyContents(input: RunInput): Promise<void>;
  recordSpace(input: RecordSpaceInput): Promise<SpaceReport>;
  closeRun(input: CloseRunInput): Promise<TenantReport>;
  /** The next spaces of a tenant that is removed. */
  spacesToDelete(input: SpacesToDeleteInput): Promise<SpacesToDeleteResult>;
  /** Removes the next contents of such a space. */
  deleteContents(input: DeleteContentsInput): Promise<DeleteContentsResult>;
  /** Removes its scope, and counts. */
  closeDeletedSpace(input: CloseDeletedSpaceInput): Promise<void>;
  /** Takes the mark off the root scope, when every space went. */
  releaseRoot(input: RunInput): Promise<{ readonly released: boolean }>;
}

/** On the queue of those that only read. */
export interface ReadActivities {
  readStatus(input: ReadStatusInput): Promise<StatusReport>;
  /** Begins a dry run. */
  beginPlan(input: OpenTenantInput): Promise<void>;
  discoverPages(input: DiscoverPagesInput): Promise<{ readonly items: number }>;
  planSpaces(input: PlanSpacesInput): Promise<PlanSpacesResult>;
  closePlan(input: OpenTenantInput): Promise<PlanReport>;
  /** Forgets a dry run; what it blocked can still be approved. */
  dropPlan(input: RunInput): Promise<void>;
  /** What the removal of a tenant would find. */
  previewDeletion(input: DeleteTenantInput): Promise<DeletionPreview>;
}
