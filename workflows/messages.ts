import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ItemKind } from '../rules/item';
import type { Outcome, TenantReport, Totals } from '../rules/report';

/** What a caller may ask of a tenant's sync; `{}` means all of it. */
export interface SyncRequest {
  /** Only these spaces; absent means all. */
  readonly spaces?: readonly string[];
  /** Fingerprints of blocked removals by space key; under `*` that of all blocked sets of a report together. */
  readonly approvals?: Readonly<Record<string, string>>;
  /** Ingest anew what has not changed, too. */
  readonly force?: boolean;
  /** Consent to ingest everything anew under changed keys, and to remove each old copy after that. */
  readonly rekey?: boolean;
  /** With `force`: only these pages, by their ids, and their attachments; of the rest what changed. */
  readonly pages?: readonly string[];
}

/** Input of `syncTenant`. */
export interface SyncTenantInput extends SyncRequest {
  readonly tenant: string;
  /** State of the run that continued as new; named by its chain and ignored in any other. */
  readonly carried?: TenantState;
}

/** What travels through a continue-as-new of `syncTenant`. */
export interface TenantState {
  /** First execution run id. */
  readonly chain: string;
  /** What the store calls the run: the chain's id, unless it was reset after its end. */
  readonly run: string;
  requests: SyncRequest[];
  rounds: number;
  round?: Round;
  /** What the last round was asked for by id. */
  pages?: readonly string[];
  /** Why the last round did nothing. */
  refused?: string;
  paused?: string;
  searchAttributes?: readonly string[];
  startedAt: string;
}

/** One walk through the spaces; what is asked later than its discovery causes one more. */
export interface Round {
  readonly number: number;
  readonly request: SyncRequest;
  /** Milliseconds since the epoch. */
  discoveredAt: number;
  discovered: boolean;
  /** The last space key that was taken. */
  after: string;
  /** Resumed long after its discovery: the rest is left to a round that discovers anew. */
  stale: boolean;
  /** Spaces that have contents in Unique and nothing listed. */
  lost?: string[];
  /** Spaces with removals that are done when the tenant's guard was asked about all of them. */
  removing?: string[];
  /** All are judged and the tenant's guard has spoken: only removals are left. */
  guarded?: boolean;
  /** Spaces whose id was taken by a `syncSpace` started alone; tried once more after the last space. */
  taken: string[];
}

/** Input of `syncSpace`. `run` counts only when it comes from its real parent. */
export interface SyncSpaceInput {
  readonly tenant: string;
  readonly spaceKey: string;
  readonly run?: string;
  readonly force?: boolean;
  /** As in a {@link SyncRequest}. */
  readonly pages?: readonly string[];
  /** Fingerprint of blocked removals of this space that a person approved. */
  readonly approval?: string;
  /** A tenant's sync does the removals, when all its spaces are judged; without one they are the space's own matter. */
  readonly removesLater?: true;
  readonly paused?: string;
  readonly searchAttributes?: readonly string[];
  readonly carried?: SpaceState;
}

/** What travels through a continue-as-new of `syncSpace`. */
export interface SpaceState {
  /** The parent's run, or alone the own first execution run id. */
  readonly chain: string;
  /** What the store calls the run: the chain's id, unless it was reset after its end. */
  readonly run: string;
  paused?: string;
  searchAttributes: readonly string[];
  planned: boolean;
  /** Retry rounds begun. */
  retries: number;
  /** Items that may have to be removed. */
  candidates?: number;
  /** Removals that are left to the tenant's sync. */
  removals?: number;
  /** Items that failed since the last retry round began. */
  failed: number;
  /** Slices not taken yet. */
  pages: SliceRange;
  attachments: SliceRange;
  /** Slices that a pause stopped; taken first. */
  unfinished: SliceName[];
}

/** Slice numbers `from` (inclusive) to `to` (exclusive). */
export interface SliceRange {
  readonly from: number;
  readonly to: number;
}

/** One slice of a space in a run. */
export interface SliceName {
  readonly kind: ItemKind;
  readonly slice: number;
}

/** Result of `syncSpace`; the counts of a child are read from the store by its parent's `closeRun`. */
export interface SpaceResult {
  readonly tenant: string;
  readonly spaceKey: string;
  readonly outcome: Outcome;
  readonly totals: Totals;
  /** Removals that are left to the tenant's sync. */
  readonly removals?: number;
  readonly message?: string;
}

/** Input of `deleteTenant` and `previewDeletion`. */
export interface DeleteTenantInput {
  readonly tenant: string;
  /** State of the run that continued as new; named by its chain and ignored in any other. */
  readonly carried?: DeletionState;
}

/** What travels through a continue-as-new of `deleteTenant`. */
export interface DeletionState {
  readonly run: string;
  readonly startedAt: string;
  searchAttributes?: readonly string[];
  /** The last space key that was taken. */
  after: string;
}

/** Answer of the query `progress` of a tenant or a space. */
export interface Progress {
  readonly phase: string;
  readonly paused?: string;
  readonly round?: number;
  /** Running child workflows by space key (tenant only). */
  readonly runningSpaces?: readonly string[];
  readonly spacesEnded?: number;
  readonly slicesEnded?: number;
  readonly slices?: number;
  readonly totals?: Totals;
}

/** Input of `planTenant`. */
export interface PlanTenantInput {
  readonly tenant: string;
}

/** Input and result of `readStatus`. Without a tenant: all tenants of the worker. */
export interface ReadStatusInput {
  readonly tenant?: string;
  readonly failures?: boolean;
}

export interface TenantStatus {
  readonly tenant: string;
  readonly status: 'active' | 'inactive' | 'deleted' | 'broken';
  /** Runs that are open in the store; whether a workflow still stands behind them only Temporal knows. */
  readonly running?: RunStatus;
  readonly last?: TenantReport;
  /** End of the last run that succeeded, ISO 8601; how fresh the knowledge base is. */
  readonly freshAt?: string;
  readonly contents: number;
  readonly unfinished: number;
  readonly problem?: string;
}

export interface RunStatus {
  readonly runId: string;
  readonly workflowId: string;
  readonly startedAt: string;
  readonly discovered: number;
  readonly done: number;
  readonly failed: number;
  readonly toDo: number;
}

export interface StatusReport {
  readonly tenants: readonly TenantStatus[];
}

export const requestSignal = defineSignal<[SyncRequest]>('request');
export const pauseSignal = defineSignal<[string]>('pause');
export const resumeSignal = defineSignal('resume');
export const progressQuery = defineQuery<Progress>('progress');
