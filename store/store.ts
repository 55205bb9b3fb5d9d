import type { BudgetLedger } from '../http/budget';
import type { Workload } from '../rules/estimate';
import type { Action, ItemKind } from '../rules/item';
import type {
  Failure,
  Outcome,
  PlannedChange,
  Requests,
  SideLimits,
  SpaceReport,
  TenantReport,
  Totals,
} from '../rules/report';
import type { FormerCopies } from './former-copies-api';
import type { Removals } from './removals-api';

/**
 * The database behind every sync: what runs discovered, what was ingested, who may write.
 *
 * One interface for SQLite and PostgreSQL. Times are milliseconds since the epoch unless a name says ISO; callers pass
 * the clock, so that tests own it. Transactions stay short (thousands of rows at most).
 */
export interface Store {
  /** Made when the database was made; tells a worker that its store is another one than the run's. */
  readonly identity: string;
  readonly runs: Runs;
  readonly discoveries: Discoveries;
  readonly manifest: Manifest;
  readonly plan: Plan;
  readonly ledger: Ledger;
  readonly removals: Removals;
  readonly verifications: Verifications;
  readonly formerCopies: FormerCopies;
  readonly spaces: Spaces;
  readonly tenants: Tenants;
  readonly leases: Leases;
  readonly budgets: BudgetLedger;
  close(): Promise<void>;
}

/** One execution of a sync: a tenant's, or a space's that was started alone. */
export interface RunKey {
  readonly tenant: string;
  readonly run: string;
}

export interface SpaceRunKey extends RunKey {
  readonly spaceKey: string;
}

export interface RunRow extends RunKey {
  readonly workflowId: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly outcome?: Outcome;
  readonly requests: Requests;
  readonly limits: SideLimits;
  /** A listing was cut by `maxItemsToScan`: nothing of this run is evidence for a removal. */
  readonly truncated: boolean;
  /** The `place` of the configuration that the run began with. */
  readonly place?: string;
  readonly report?: TenantReport;
}

export interface RunProgress {
  readonly discovered: number;
  readonly done: number;
  readonly failed: number;
  readonly toDo: number;
}

export interface Runs {
  /** Opens the run; safe to repeat. Returns the row as it stands (closed if `endedAt` is set). */
  begin(
    run: RunKey & {
      readonly workflowId: string;
      readonly startedAt: number;
      /** A dry run: it is no sync, so {@link Runs.list} leaves it out. */
      readonly isPlan?: boolean;
      readonly place?: string;
    },
  ): Promise<RunRow>;
  get(key: RunKey): Promise<RunRow | undefined>;
  /** Adds what an activity sent, and what held it up, to the run's counts. */
  addRequests(key: RunKey, requests: Requests, limits: SideLimits): Promise<void>;
  setTruncated(key: RunKey): Promise<void>;
  /** Keeps the report, drops the run's manifest, discoveries and slices. Safe to repeat. */
  end(key: RunKey, report: TenantReport, endedAt: number): Promise<void>;
  /** Reopens a closed run for one more round: drops discoveries, manifest and space results, keeps requests, limits and start. */
  restart(key: RunKey): Promise<void>;
  /** Newest first. */
  list(tenant: string, limit: number): Promise<readonly RunRow[]>;
  progress(key: RunKey): Promise<RunProgress>;
  /** One row an item and run: a later failure of the same item replaces the earlier. */
  recordFailures(key: RunKey, failures: readonly Failure[], at: number): Promise<void>;
  failures(key: RunKey, limit: number): Promise<readonly Failure[]>;
  /** Result of a space in this run; replaces an earlier one. */
  recordSpace(key: SpaceRunKey, report: SpaceReport): Promise<void>;
  spaceReports(key: RunKey): Promise<readonly SpaceReport[]>;
  /** Drops all that is known of a run, its report too. Safe to repeat. */
  drop(key: RunKey): Promise<void>;
  /** Drops runs, failures and removals that ended before, and what unfinished runs that began before left behind. */
  purge(before: number): Promise<void>;
}

/**
 * One row a discovered item. Not items themselves: a `root` that is only walked (a labelled folder), and an `image` that
 * becomes part of its page's body, so that it has no content of its own.
 */
export interface ManifestRow {
  readonly spaceKey: string;
  readonly spaceId: string;
  readonly spaceName: string;
  readonly itemKey: string;
  readonly kind: ItemKind | 'image' | 'root';
  readonly pageId: string;
  readonly attachmentId?: string;
  /** Confluence's type of the page: page, blogpost, folder, … */
  readonly pageType: string;
  readonly title: string;
  readonly mediaType?: string;
  /** Bytes; attachments only. */
  readonly size?: number;
  readonly version: number;
  /** ISO 8601 UTC. */
  readonly updatedAtIso: string;
  readonly url: string;
  readonly downloadPath?: string;
  /** All that makes the item's content in Unique what it is, as a hash. */
  readonly fingerprint: string;
  /** Carries the label that brings its descendants along. */
  readonly isRoot: boolean;
  /** Has more attachments than its listing showed. */
  readonly hasMoreAttachments: boolean;
}

/** A listing in progress: the site-wide label search, the descendants of a space, … each named by a `part`. */
export interface Discoveries {
  get(key: RunKey, part: string): Promise<{ readonly cursor?: string; readonly sealed: boolean } | undefined>;
  /**
   * Adds the rows of one page of a listing and moves its cursor, in one transaction; without `next` the part is sealed.
   * A row that the run already has stays as it was (but becomes a root if one of the two is).
   */
  addPage(key: RunKey, part: string, rows: readonly ManifestRow[], next: string | undefined): Promise<void>;
}

export interface SpaceOfRun {
  readonly spaceKey: string;
  readonly spaceId: string;
  readonly spaceName: string;
}

export interface Manifest {
  /** Items (roots and images that are no items do not count). */
  count(key: RunKey): Promise<number>;
  /** The run's spaces, by key, after `after`. */
  spaces(key: RunKey, after: string, limit: number): Promise<readonly SpaceOfRun[]>;
  space(key: SpaceRunKey): Promise<SpaceOfRun | undefined>;
  /** Page ids of the space's roots, sorted. */
  roots(key: SpaceRunKey): Promise<readonly string[]>;
  pagesWithMoreAttachments(key: SpaceRunKey): Promise<readonly ManifestRow[]>;
  /** Replaces a page's attachments by the list that was walked to its end, and gives the page what follows from it; a complete one clears `hasMoreAttachments`. */
  replaceAttachments(
    key: SpaceRunKey,
    page: Pick<ManifestRow, 'pageId' | 'fingerprint' | 'updatedAtIso'>,
    rows: readonly ManifestRow[],
    list: { readonly isComplete: boolean },
  ): Promise<void>;
  /** Item key, url and time of every item of the space, by key, read in chunks: memory stays flat. */
  files(
    key: SpaceRunKey,
  ): AsyncIterable<{ readonly itemKey: string; readonly url: string; readonly updatedAtIso: string }>;
  /** Rows of these items, and of images with these keys. */
  rows(key: SpaceRunKey, itemKeys: readonly string[]): Promise<readonly ManifestRow[]>;
  /** Those of these page ids that the run found as pages to be synced, in whatever space. */
  listed(key: RunKey, pageIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Images that become part of these pages, by key. */
  images(key: SpaceRunKey, pageIds: readonly string[]): Promise<readonly ManifestRow[]>;
}

export interface PlanCounts {
  readonly new: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Ledger rows that the manifest lacks and whose content may stand in Unique. */
  readonly missing: number;
}

/** What is ingested anew though it has not changed: everything, or these pages and their attachments. */
export type Force = boolean | readonly string[];

export interface Plan {
  /**
   * Compares the manifest with the ledger and writes each item's action: `new` (no ledger row, or one that never was
   * finalized for a new content), `updated` (other fingerprint, unfinished or failed work, in doubt since before
   * `doubtBefore`, or `force`), `unchanged` (finalized or empty with this fingerprint).
   */
  compare(
    key: SpaceRunKey,
    options: {
      readonly force: Force;
      readonly doubtBefore: number;
      /** Leaves the ledger as it is: tombstones of items that are listed again, too. */
      readonly dryRun?: boolean;
    },
  ): Promise<PlanCounts>;
  /** Items that the platform does not have become `new`, whatever the ledger says. */
  markNew(key: SpaceRunKey, itemKeys: readonly string[]): Promise<void>;
  /** Items whose stored content is older than the source, or differs, become `updated` unless `new`. */
  markUpdated(key: SpaceRunKey, itemKeys: readonly string[]): Promise<void>;
  /** Items that nothing is to be done for after all: those that a sync would take over. */
  markUnchanged(key: SpaceRunKey, itemKeys: readonly string[]): Promise<void>;
  /** Takes stored contents over: ledger rows `finalized` with the manifest's fingerprint, action `unchanged`. Only items without a ledger row. */
  adopt(
    key: SpaceRunKey,
    contents: readonly { readonly itemKey: string; readonly contentId: string }[],
    at: number,
  ): Promise<void>;
  /** Of these keys, the ones that the manifest of this run does not have. */
  notInManifest(key: SpaceRunKey, itemKeys: readonly string[]): Promise<readonly string[]>;
  /** Item keys of ledger rows that the manifest lacks and whose content may stand in Unique, at most `limit`. */
  missing(key: SpaceRunKey, limit: number): Promise<readonly string[]>;
  /** Cuts the items to ingest into slices, from 0; repeating it changes nothing once slices exist. */
  cutSlices(key: SpaceRunKey, bounds: SliceBounds): Promise<SliceRanges>;
  /**
   * Cuts the items that failed and may succeed later (no HTTP status, 408, 409, 429, 5xx) into slices behind all that
   * exist, and takes their outcome back. Repeating it with the same `retry` gives the same ranges.
   *
   * @param retry counts the retry rounds, from 1
   */
  cutRetrySlices(key: SpaceRunKey, retry: number, bounds: SliceBounds): Promise<SliceRanges>;
  /** Remembers which of these stored items the manifest lacks: candidates for a removal that the ledger does not know. */
  keepCandidates(key: SpaceRunKey, itemKeys: readonly string[]): Promise<void>;
  /** Spaces of the tenant that have contents in the ledger but nothing in this run's manifest, with how many; by key. */
  spacesOnlyInLedger(key: RunKey): Promise<readonly { readonly spaceKey: string; readonly contents: number }[]>;
  /** Spaces of the tenant whose scope is all that is left of them, and of which this run discovered nothing; by key. */
  emptiedSpaces(key: RunKey): Promise<readonly string[]>;
  /** Candidates for a removal without evidence yet: kept ones, and ledger rows that the manifest lacks. */
  countHeld(key: SpaceRunKey): Promise<number>;
  /** Rows of a slice without an outcome yet, with their action and whether the ledger knows a content. */
  slice(key: SpaceRunKey, kind: ItemKind, slice: number): Promise<readonly SliceRow[]>;
  counts(key: SpaceRunKey): Promise<PlanCounts>;
  /** What a sync would have to ingest, by space; only spaces with something to ingest. */
  workload(key: RunKey): Promise<readonly SpaceWorkload[]>;
  /** Why items are to be ingested, the most frequent reasons first. */
  changes(key: SpaceRunKey): Promise<readonly PlannedChange[]>;
  /** Totals of the space in this run, from actions and outcomes; `held` is not part of the manifest and stays 0. */
  totals(key: SpaceRunKey): Promise<Totals>;
  /** True when something of the space must be looked at: roots, more attachments, other fingerprints, unfinished ledger rows, missing items, or last compared before `comparedBefore`. */
  hasWork(
    key: SpaceRunKey,
    options: { readonly force: Force; readonly comparedBefore: number; readonly doubtBefore: number },
  ): Promise<boolean>;
}

/** What a sync would ingest in a space. */
export interface SpaceWorkload extends Workload {
  readonly spaceKey: string;
}

export interface SliceBounds {
  readonly pages: number;
  readonly attachments: number;
  readonly attachmentBytes: number;
}

/** Slice numbers, `from` inclusive to `to` exclusive, of each kind. */
export interface SliceRanges {
  readonly pages: { readonly from: number; readonly to: number };
  readonly attachments: { readonly from: number; readonly to: number };
}

export interface SliceRow extends ManifestRow {
  readonly action: Action;
  /** The ledger knows no content of this key: a registration makes a new one. */
  readonly isNew: boolean;
  /** What stands in Unique; absent where something else than a changed fingerprint asks for the ingestion. */
  readonly standing?: { readonly fingerprint: string; readonly version: number };
}

/** Who writes: a slice's attempt within a space that its run holds. Checked in the transaction of every ledger write. */
export interface Writer extends SpaceRunKey {
  /** Kind and number, e.g. `page/0`. */
  readonly slice: string;
  /** One execution of the slice. */
  readonly attempt: string;
}

/** Thrown when another run holds the space, or another attempt the slice: stop, whatever was done stays unfinished work. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** What was read and has no content. */
export interface EmptyItem {
  readonly fingerprint: string;
  readonly version: number;
}

export interface Ledger {
  /**
   * Before registering: rows become `registering` of this attempt.
   *
   * @returns items that must wait, nothing announced: a removal by somebody else may still be on its way to them
   * @throws {SupersededError}
   */
  announce(
    writer: Writer,
    items: readonly { readonly itemKey: string; readonly isNew: boolean }[],
    at: number,
  ): Promise<readonly string[]>;
  /** After finalizing; also the items' outcome in the manifest. @throws {SupersededError} */
  recordFinalized(
    writer: Writer,
    items: readonly {
      readonly itemKey: string;
      readonly contentId: string;
      readonly fingerprint: string;
      readonly version: number;
    }[],
    at: number,
  ): Promise<void>;
  /**
   * The item failed; its ledger row, if any, stays unfinished (or as it was, when nothing was announced). `inDoubt`: no
   * answer came, so an old request may still arrive. @throws {SupersededError}
   */
  recordFailed(writer: Writer, items: readonly (Failure & { readonly inDoubt: boolean })[], at: number): Promise<void>;
  /** Nothing to ingest: an empty body is remembered with its fingerprint and version, a page gone meanwhile is only counted. @throws {SupersededError} */
  recordSkipped(
    writer: Writer,
    items: readonly { readonly itemKey: string; readonly empty?: EmptyItem }[],
    at: number,
  ): Promise<void>;
  /** Rows of the space by state. */
  count(
    tenant: string,
    spaceKey?: string,
  ): Promise<{ readonly finalized: number; readonly unfinished: number; readonly empty: number }>;
}

/** What is known of the platform's own work on contents that were finalized. */
export interface Verifications {
  /** Spaces with contents that nobody has seen finished or failed yet, from whichever run, by key. */
  spaces(tenant: string): Promise<readonly { readonly spaceKey: string; readonly scopeId?: string }[]>;
  /** Such contents of a space, by key. */
  items(
    tenant: string,
    spaceKey: string,
    after: string,
    limit: number,
  ): Promise<readonly { readonly itemKey: string; readonly spaceId: string }[]>;
  /** All of the space that were finalized until `before` are finished. */
  confirmAll(tenant: string, spaceKey: string, before: number): Promise<void>;
  confirm(tenant: string, spaceKey: string, itemKeys: readonly string[], before: number): Promise<void>;
  /** They failed; the next run tries each once more, unless this version failed before. They are failures of the run. */
  recordFailed(
    key: SpaceRunKey,
    items: readonly { readonly itemKey: string; readonly message: string }[],
    before: number,
    at: number,
  ): Promise<void>;
  /** Of the contents that the run finalized. */
  counts(key: RunKey): Promise<{ readonly pending: number; readonly failed: number }>;
}

export interface SpaceRow {
  readonly tenant: string;
  readonly spaceKey: string;
  readonly spaceId: string;
  readonly scopeId?: string;
  /** When a run last compared the space with the platform (file diff) and none of its items failed. */
  readonly comparedAt?: number;
  /** End of the first run that ingested the space; absent = the ledger is new, and nothing is removed. */
  readonly knownSince?: number;
  /** What the keys of all its contents share; absent while that is not settled. */
  readonly partialKey?: string;
}

/** What is known of a space beyond runs, and the tenant's facts (root path, store of the run) as small key-value notes. */
export interface Spaces {
  get(tenant: string, spaceKey: string): Promise<SpaceRow | undefined>;
  setScope(tenant: string, spaceKey: string, spaceId: string, scopeId: string): Promise<void>;
  setCompared(tenant: string, spaceKey: string, spaceId: string, at: number): Promise<void>;
  /** The ledger holds the space from now on, if it did not before. */
  setKnown(tenant: string, spaceKey: string, spaceId: string, at: number): Promise<void>;
  /** What the keys of all the space's contents share, where that was not known and the space is the same. */
  setKeys(tenant: string, spaceKey: string, spaceId: string, partialKey: string): Promise<void>;
  /** Drops what is known of a space that is gone, its scope too. */
  forget(tenant: string, spaceKey: string): Promise<void>;
  note(tenant: string, name: string): Promise<string | undefined>;
  setNote(tenant: string, name: string, value: string): Promise<void>;
}

/** What the store holds of a whole tenant, for the day that the tenant is removed. */
export interface Tenants {
  /** Spaces that the tenant has or had, once for each id that a key stood for, with their contents in the ledger; by key. */
  spaces(
    tenant: string,
  ): Promise<readonly { readonly spaceKey: string; readonly spaceId: string; readonly contents: number }[]>;
  /** When the last registration was announced that nobody saw answered, or that was doubted; absent when all were answered. */
  lastRegistration(tenant: string, spaceKey: string): Promise<number | undefined>;
  /**
   * Nothing of the space is left in Unique: whatever attempts that died announced in this run is part of the history of
   * removals now. Safe to repeat.
   *
   * @throws {SupersededError}
   */
  settleRemoved(key: SpaceRunKey, why: string, at: number): Promise<void>;
  /** Contents of the space that the run removed. */
  countRemoved(key: SpaceRunKey): Promise<number>;
  /** Drops ledger, spaces, notes, leases and blocked sets; runs, failures and the history of removals stay. Safe to repeat. */
  forget(tenant: string): Promise<void>;
}

export interface Leases {
  /** Takes or renews the space for a run until `now + forMs`; false while another run holds it. A new owner raises the fence. */
  holdSpace(
    key: SpaceRunKey,
    now: number,
    forMs: number,
  ): Promise<{ readonly held: true } | { readonly held: false; readonly owner: string; readonly until: number }>;
  /** Holds the space for longer, if the run still does: what is left of a run that ended never takes it again. */
  renewSpace(key: SpaceRunKey, now: number, forMs: number): Promise<void>;
  releaseSpace(key: SpaceRunKey): Promise<void>;
  /** Other runs of this workflow that hold spaces and were not seen to end. */
  formerHolders(key: RunKey, workflowId: string): Promise<readonly string[]>;
  /** Gives all spaces of a run free. */
  releaseSpaces(key: RunKey): Promise<void>;
  /** The slice belongs to this attempt from now on; an earlier attempt is superseded. @throws {SupersededError} when the run does not hold the space */
  claimSlice(writer: Writer, now: number): Promise<void>;
  /** Passes while the slice is still this attempt's: looked at before each request that writes. @throws {SupersededError} */
  confirm(writer: Writer): Promise<void>;
}
