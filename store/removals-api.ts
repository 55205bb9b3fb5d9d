import type { InlinedInto } from '../rules/evidence';
import type { RemovalCounts } from '../rules/guard';
import type { PlannedRemoval } from '../rules/plan-report';
import type { Blocked, Failure } from '../rules/report';
import type { RunKey, SpaceRunKey, Writer } from './store';

/** A stored item that the run's manifest lacks, or that is empty now while an older text stands in Unique. */
export interface RemovalCandidate {
  readonly itemKey: string;
  /** Of the space that it was ingested from, where that is known: a key may be given to another space. */
  readonly spaceId?: string;
  /** Milliseconds since the epoch. */
  readonly absentSince?: number;
  /** The version that was read in this space and is empty. */
  readonly emptyVersion?: number;
}

/** What a run judged of a candidate. */
export interface JudgedRemoval {
  readonly itemKey: string;
  readonly spaceId: string;
  readonly verdict: 'remove' | 'hold';
  readonly why: string;
  /** For a move: removed only when that space has it finalized. */
  readonly toSpace?: string;
  /** For an image that moved into a page of that space: removed only when the page is finalized as it stands here. */
  readonly into?: InlinedInto;
  readonly isEmpty: boolean;
  /** Milliseconds since the epoch. */
  readonly lookedUpAt: number;
}

/** A judged candidate with what changes of its tombstone. */
export interface JudgedCandidate extends JudgedRemoval {
  readonly tombstone: 'set' | 'clear' | 'keep';
}

/** A removal that the guard let pass. */
export interface ReleasedRemoval extends JudgedRemoval {
  readonly isApproved: boolean;
}

/** What the guard judges by; all of the last 24 hours. */
export interface GuardCounts {
  readonly space: RemovalCounts;
  readonly tenant: RemovalCounts;
  /** Spaces that lose all they have. */
  readonly emptiedSpaces: RemovalCounts;
}

/** The unapproved removals of a space that are no moves. */
export interface RemovalSet {
  readonly spaceKey: string;
  /** Sorted. */
  readonly itemKeys: readonly string[];
  /** The space's largest count of the last 24 hours. */
  readonly stored: number;
}

/** @param counts of all spaces together */
export type JudgeTogether = (counts: Omit<GuardCounts, 'space'>, of: RemovalSet) => Blocked | undefined;

/** Why candidates stay, and how many do so for this reason. */
export interface HeldReason {
  readonly why: string;
  readonly items: number;
}

/** Removals: candidates, the plan of a run, what the guard holds back, and what was removed and why. */
export interface Removals {
  /** Counts what is stored in each space before the run ingests anything. Safe to repeat; drops counts older than two days. */
  countStored(key: RunKey, at: number): Promise<void>;
  /** Candidates of the space in chunks, by key within each. */
  candidates(key: SpaceRunKey): AsyncIterable<readonly RemovalCandidate[]>;
  /** Of these items, those that the space's ledger knows as empty, with the version that was read. */
  emptyVersions(tenant: string, spaceKey: string, itemKeys: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Forgets what an earlier attempt of this run planned and did not do yet. @throws {SupersededError} */
  beginPlan(writer: Writer): Promise<void>;
  /** Adds judged candidates, or replaces their verdicts, and sets or clears their tombstones. @throws {SupersededError} */
  addToPlan(writer: Writer, judged: readonly JudgedCandidate[], at: number): Promise<void>;
  /**
   * Lets the plan's removals go, unless `judge` blocks those that no one approved; moves go in any case. In one
   * transaction with the counts, so that two spaces never pass the tenant's guard on the same count.
   *
   * @param approved item keys that a person approved
   * @param judge gets the counts and the sorted keys of the unapproved removals
   * @returns how many removals go
   * @throws {SupersededError}
   */
  release(
    writer: Writer,
    approved: ReadonlySet<string>,
    judge: (counts: GuardCounts, itemKeys: readonly string[]) => Blocked | undefined,
    at: number,
  ): Promise<{ readonly released: number; readonly blocked?: Blocked }>;
  /**
   * Takes back what all spaces of a run were let go by {@link Removals.release}, unless `judge` lets it pass; approved
   * ones and moves go in any case. In one transaction; safe to repeat, also between removals.
   */
  holdTogether(key: RunKey, judge: JudgeTogether, at: number): Promise<void>;
  /** Released removals without an outcome, by key. */
  next(key: SpaceRunKey, limit: number): Promise<readonly ReleasedRemoval[]>;
  /**
   * Before removing: ledger rows become `removing` of this attempt. Left out are moves whose other space does not have
   * the item finalized at this moment, images whose page does not stand finalized with them, and items that a
   * registration of somebody else may still reach.
   *
   * @param doubtBefore older announcements of others can reach nothing any more
   * @returns the announced keys
   * @throws {SupersededError}
   */
  announce(
    writer: Writer,
    items: readonly JudgedRemoval[],
    at: number,
    doubtBefore: number,
  ): Promise<ReadonlySet<string>>;
  /** The contents are gone: ledger rows too, unless a doubt keeps them. @throws {SupersededError} */
  recordRemoved(
    writer: Writer,
    items: readonly (ReleasedRemoval & { readonly wasThere: boolean })[],
    at: number,
    doubtBefore: number,
  ): Promise<void>;
  /** Stays after all. @throws {SupersededError} */
  recordHeld(writer: Writer, items: readonly { readonly itemKey: string; readonly why: string }[]): Promise<void>;
  /** The platform did not remove it. `inDoubt`: no answer came, so it still may. @throws {SupersededError} */
  recordFailed(writer: Writer, items: readonly (Failure & { readonly inDoubt: boolean })[], at: number): Promise<void>;
  /** Nothing was sent after all, or it was refused as a whole: the announcement is taken back. @throws {SupersededError} */
  withdraw(writer: Writer, itemKeys: readonly string[]): Promise<void>;
  /** Of a dry run: adds judged candidates; nothing of the ledger changes, and nobody needs to hold the space. */
  addToDryPlan(key: SpaceRunKey, judged: readonly JudgedRemoval[]): Promise<void>;
  /**
   * Of a dry run: what the guard says. A blocked set is kept, so that it can be approved; nothing else is.
   *
   * @param judge as for {@link Removals.release}
   */
  judgeDryPlan(
    key: SpaceRunKey,
    judge: (counts: GuardCounts, itemKeys: readonly string[]) => Blocked | undefined,
    at: number,
  ): Promise<Blocked | undefined>;
  /** Of a dry run: what {@link Removals.holdTogether} would take back, by space. The sets are kept; the plan stays as it is. */
  judgeDryTogether(key: RunKey, judge: JudgeTogether, at: number): Promise<ReadonlyMap<string, Blocked>>;
  /** Of a dry run: takes it back. */
  holdDry(key: RunKey, spaceKeys: Iterable<string>): Promise<void>;
  /** Removals and moves that a run plans, blocked ones too, by space and key. */
  planned(key: RunKey, limit: number): Promise<readonly PlannedRemoval[]>;
  /** What of the space's plan would go: neither held nor blocked. */
  plannedTotals(key: SpaceRunKey): Promise<{ readonly deleted: number; readonly moved: number }>;
  /** What the run removed in the space so far. */
  totals(key: SpaceRunKey): Promise<{ readonly deleted: number; readonly moved: number }>;
  /** Why candidates of the run stay, most frequent first. */
  heldReasons(key: SpaceRunKey, limit: number): Promise<readonly HeldReason[]>;
  /** What this run blocked in the space. */
  blockedOf(key: SpaceRunKey): Promise<Blocked | undefined>;
  /** A set that was blocked in the last seven days. */
  blockedSet(
    tenant: string,
    fingerprint: string,
    now: number,
  ): Promise<{ readonly spaceKey: string; readonly itemKeys: readonly string[] } | undefined>;
  /** Keeps one fingerprint for several sets; for as long as these. */
  keepBlockedGroup(tenant: string, fingerprint: string, sets: readonly string[], at: number): Promise<void>;
  /** How many sets were put under this fingerprint in the last seven days. */
  blockedGroup(tenant: string, fingerprint: string, now: number): Promise<{ readonly spaces: number }>;
  /** The set of a space that one fingerprint names: its own, or that of a group that it belongs to. */
  approvedSet(tenant: string, spaceKey: string, fingerprint: string, now: number): Promise<readonly string[]>;
  /** Drops removals that happened before, and sets that nobody approved for seven days. */
  purge(before: number, now: number): Promise<void>;
}
