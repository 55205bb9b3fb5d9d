import type { Generated } from 'kysely';
import type { ItemKind } from '../rules/item';
import type { Outcome, Step } from '../rules/report';

/**
 * The tables. Flags are 0 or 1: the SQLite driver ends the whole process over a boolean. Times are milliseconds since
 * the epoch. Absent values are null.
 */
export interface Schema {
  readonly store_info: StoreInfoTable;
  readonly runs: RunTable;
  readonly space_reports: SpaceReportTable;
  readonly failures: FailureTable;
  readonly discoveries: DiscoveryTable;
  readonly run_spaces: RunSpaceTable;
  readonly manifest: ManifestTable;
  readonly candidates: CandidateTable;
  readonly slice_cuts: SliceCutTable;
  readonly slices: SliceTable;
  readonly slice_attempts: SliceAttemptTable;
  readonly ledger: LedgerTable;
  readonly spaces: SpaceTable;
  readonly notes: NoteTable;
  readonly leases: LeaseTable;
  readonly budgets: BudgetTable;
  readonly removal_plan: RemovalPlanTable;
  readonly removals: RemovalTable;
  readonly blocked_sets: BlockedSetTable;
  readonly blocked_items: BlockedItemTable;
  readonly blocked_groups: BlockedGroupTable;
  readonly stored_counts: StoredCountTable;
  readonly former_keys: FormerKeyTable;
  readonly former_copies: FormerCopyTable;
}

export type Flag = 0 | 1;

export interface StoreInfoTable {
  readonly identity: string;
}

export interface RunTable {
  readonly tenant: string;
  readonly run: string;
  readonly workflow_id: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly outcome: Outcome | null;
  readonly truncated: Generated<Flag>;
  readonly confluence: Generated<number>;
  readonly unique: Generated<number>;
  readonly downloads: Generated<number>;
  readonly uploads: Generated<number>;
  readonly confluence_waits: Generated<number>;
  readonly confluence_waited_ms: Generated<number>;
  readonly confluence_rate_limited: Generated<number>;
  readonly confluence_server_errors: Generated<number>;
  readonly unique_waits: Generated<number>;
  readonly unique_waited_ms: Generated<number>;
  readonly unique_rate_limited: Generated<number>;
  readonly unique_server_errors: Generated<number>;
  /** A dry run: no sync, and not listed as one. */
  readonly is_plan: Generated<Flag>;
  readonly place: string | null;
  /** A `TenantReport` as JSON; that of the last round, while the next one runs. */
  readonly report: string | null;
}

export interface SpaceReportTable {
  readonly tenant: string;
  readonly run: string;
  readonly space_key: string;
  /** A `SpaceReport` as JSON. */
  readonly report: string;
}

export interface FailureTable {
  readonly tenant: string;
  readonly run: string;
  readonly space_key: string;
  readonly item_key: string;
  readonly step: Step;
  readonly http_status: number | null;
  readonly message: string;
  readonly at: number;
}

export interface DiscoveryTable {
  readonly tenant: string;
  readonly run: string;
  readonly part: string;
  readonly cursor: string | null;
  readonly sealed: Flag;
}

/** A space within a run; its short number stands for run and space in a million manifest rows. */
export interface RunSpaceTable {
  readonly space_no: Generated<number>;
  readonly tenant: string;
  readonly run: string;
  readonly space_key: string;
  readonly space_id: string;
  readonly space_name: string;
  /** Rows of the manifest that are items. */
  readonly items: Generated<number>;
  /** Actions are written; rows without one are unchanged. */
  readonly is_compared: Generated<Flag>;
  /** Slices are cut: actions stay. */
  readonly is_cut: Generated<Flag>;
  /** Counts comparisons, so that one that was overtaken by another notices. */
  readonly plan_no: Generated<number>;
  /** Doubts of the ledger from before this are settled by this run. */
  readonly doubt_before: number | null;
  /** Somebody asked for what has not changed, too. */
  readonly is_forced: Generated<Flag>;
}

export interface ManifestTable {
  readonly space_no: number;
  readonly item_key: string;
  readonly kind: ItemKind | 'image' | 'root';
  readonly page_id: string;
  readonly attachment_id: string | null;
  readonly page_type: string;
  readonly title: string;
  readonly media_type: string | null;
  readonly size: number | null;
  readonly version: number;
  readonly updated_at: string;
  readonly url: string;
  readonly download_path: string | null;
  readonly fingerprint: string;
  readonly is_root: Flag;
  readonly has_more: Flag;
  /** Null is unchanged, once the space is compared: a sync where nothing changed writes nothing here. */
  readonly action: 'new' | 'updated' | null;
  /** The retry round that the item is in; 0 is the first go. */
  readonly retry: Generated<number>;
  readonly outcome: 'done' | 'skipped' | 'failed' | null;
}

/** Stored items that the platform knows and the manifest lacks. */
export interface CandidateTable {
  readonly space_no: number;
  readonly item_key: string;
}

/** Slice numbers of a round, `to` exclusive. */
export interface SliceCutTable {
  readonly space_no: number;
  readonly retry: number;
  readonly pages_from: number;
  readonly pages_to: number;
  readonly attachments_from: number;
  readonly attachments_to: number;
}

/** A slice is a range of item keys: cutting a million items writes some thousand rows. */
export interface SliceTable {
  readonly space_no: number;
  readonly kind: ItemKind;
  readonly number: number;
  readonly retry: number;
  /** Exclusive. */
  readonly after_key: string;
  /** Inclusive. */
  readonly last_key: string;
}

export interface SliceAttemptTable {
  readonly tenant: string;
  readonly run: string;
  readonly space_key: string;
  readonly slice: string;
  readonly attempt: string;
}

export type LedgerState = 'registering' | 'finalized' | 'removing' | 'empty';

export interface LedgerTable {
  readonly tenant: string;
  readonly space_key: string;
  readonly item_key: string;
  readonly space_id: string;
  readonly state: LedgerState;
  /** Of the last finalized content, also while it is registered again. */
  readonly content_id: string | null;
  readonly fingerprint: string | null;
  readonly version: number | null;
  /** Run and attempt that announced or recorded the row last. */
  readonly run: string;
  readonly attempt: string;
  /** Announced for a key that the platform does not have, and not finalized since. */
  readonly is_new: Flag;
  /** Announcements since the row was last finalized. */
  readonly attempts: number;
  /** Since then a request of somebody else may be on its way. */
  readonly doubt_since: number | null;
  /** Since then the item is listed no more. */
  readonly absent_since: number | null;
  readonly failure_step: Step | null;
  readonly failure_status: number | null;
  readonly failure_message: string | null;
  /** Finalized, and nobody has seen yet what the platform made of it. */
  readonly is_unverified: Generated<Flag>;
  /** How often the platform failed with `failed_fingerprint`. */
  readonly ingestion_failures: Generated<number>;
  readonly failed_fingerprint: Generated<string | null>;
  /** When the content was finalized for the first time; null: taken over, or before this was noted. */
  readonly stored_since: Generated<number | null>;
  readonly updated_at: number;
}

export interface SpaceTable {
  readonly tenant: string;
  readonly space_key: string;
  readonly space_id: string;
  readonly scope_id: string | null;
  readonly compared_at: number | null;
  /** End of the first run that ingested the space into this ledger: from then on its removals can be judged. */
  readonly known_since: Generated<number | null>;
  /** What the keys of all its contents share; null while that is not settled. */
  readonly partial_key: Generated<string | null>;
}

export interface NoteTable {
  readonly tenant: string;
  readonly name: string;
  readonly value: string;
}

export interface LeaseTable {
  readonly tenant: string;
  readonly space_key: string;
  /** Null while nobody holds the space. */
  readonly owner: string | null;
  readonly fence: number;
  readonly until: number;
}

/** The send times of a target, as in the generic cell rate algorithm; fractions of a millisecond matter. */
export interface BudgetTable {
  readonly target: string;
  readonly next_at: number;
  readonly paused_until: number;
}

/** What a run judged of each candidate for a removal, and what became of it. Dropped when the run closes. */
export interface RemovalPlanTable {
  readonly tenant: string;
  readonly run: string;
  readonly space_key: string;
  readonly item_key: string;
  /** Of the space that the content was ingested from: part of its key in Unique. */
  readonly space_id: string;
  readonly verdict: 'remove' | 'hold';
  readonly why: string;
  /** Set for a move: only when that space has the item finalized. */
  readonly to_space: string | null;
  /** Set for an image that moved into a page of that space: only when the page is finalized with this fingerprint. */
  readonly into_item: string | null;
  readonly into_fingerprint: string | null;
  /** The item stays, without a content. */
  readonly is_empty: Flag;
  readonly looked_up_at: number;
  readonly is_approved: Generated<Flag>;
  /** The guard let it pass. */
  readonly is_released: Generated<Flag>;
  /** `absent`: the platform had no such content any more. */
  readonly outcome: Generated<'removed' | 'absent' | 'held' | 'failed' | null>;
}

/** Contents that were removed, and the evidence for it. */
export interface RemovalTable {
  readonly tenant: string;
  readonly run: string;
  readonly space_key: string;
  readonly item_key: string;
  readonly why: string;
  readonly is_move: Flag;
  readonly is_approved: Flag;
  readonly at: number;
  /** As the ledger had it. */
  readonly stored_since: Generated<number | null>;
}

/** A set of removals that waits for a person. */
export interface BlockedSetTable {
  readonly tenant: string;
  readonly fingerprint: string;
  readonly space_key: string;
  /** The run that blocked it last; empty once that has ended. */
  readonly run: string;
  readonly reason: string;
  readonly deletions: number;
  readonly stored: number;
  readonly at: number;
}

export interface BlockedItemTable {
  readonly tenant: string;
  readonly fingerprint: string;
  readonly item_key: string;
}

/** Sets of several spaces that one fingerprint releases. */
export interface BlockedGroupTable {
  readonly tenant: string;
  readonly fingerprint: string;
  readonly set_fingerprint: string;
  readonly at: number;
}

/** Contents of a space when a run began. */
export interface StoredCountTable {
  readonly tenant: string;
  readonly run: string;
  readonly space_key: string;
  readonly stored: number;
  /** Of these, what stood there a day before; null: not counted. */
  readonly lasting: Generated<number | null>;
  readonly at: number;
}

/** Keys that a space had before its present ones. */
export interface FormerKeyTable {
  readonly tenant: string;
  readonly space_key: string;
  readonly partial_key: string;
  /** When removals of contents under these keys were announced last; one of them may still be on its way. */
  readonly removing_at: number | null;
}

/** A content under former keys, until the item is finalized under the present ones or is gone. */
export interface FormerCopyTable {
  readonly tenant: string;
  readonly space_key: string;
  readonly item_key: string;
  readonly partial_key: string;
  readonly content_id: string;
}
