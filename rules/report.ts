/** How a sync of a tenant or a space ended. */
export type Outcome = 'succeeded' | 'blocked' | 'partial' | 'cancelled' | 'failed' | 'skipped';

/** Counts of items (pages and attachments). */
export interface Totals {
  /** Pages and attachments wanted after all filters. */
  readonly discovered: number;
  readonly new: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly moved: number;
  readonly deleted: number;
  /** Seen, but nothing to ingest: empty bodies, pages gone between listing and reading. */
  readonly skipped: number;
  /** Removals without enough evidence yet. */
  readonly held: number;
  readonly failed: number;
}

/** The step that an item failed in. */
export type Step =
  | 'tokens'
  | 'root'
  | 'discover'
  | 'attachments'
  | 'plan'
  | 'scope'
  | 'download'
  | 'register'
  | 'upload'
  | 'finalize'
  | 'remove'
  | 'verify';

/** Requests sent; `confluence` are the calls other than downloads, a download with its redirects is one. */
export interface Requests {
  readonly confluence: number;
  readonly unique: number;
  readonly downloads: number;
  readonly uploads: number;
}

/** What held the requests to one side up. */
export interface LimitCounts {
  /** Requests that waited for their turn: in our own budget, or in a pause that the server asked for. */
  readonly waits: number;
  /** Summed over requests, many of which wait at the same time; milliseconds. */
  readonly waitedMs: number;
  /** Refusals because of a rate limit: 429, and Data Center's 403. */
  readonly rateLimited: number;
  /** Answers with a 5xx, also those that ask to wait. */
  readonly serverErrors: number;
}

/** Limits met at Confluence with its media host, and at Unique with its storage; token requests count nowhere. */
export interface SideLimits {
  readonly confluence: LimitCounts;
  readonly unique: LimitCounts;
}

/** States of this run's new and updated contents in the platform. */
export interface Verification {
  readonly finished: number;
  readonly pending: number;
  readonly failed: number;
}

/** One item, or one space, that did not make it. */
export interface Failure {
  readonly spaceKey: string;
  /** `{pageId}` or `{pageId}::{attachmentId}`; empty when the whole space failed. */
  readonly itemKey: string;
  readonly step: Step;
  readonly httpStatus?: number;
  readonly message: string;
}

/** Why a space removes nothing until a person approves. */
export interface Blocked {
  readonly fingerprint: string;
  readonly reason: string;
  readonly deletions: number;
  readonly stored: number;
}

/** All that is blocked, in whichever spaces: one fingerprint releases every set. */
export interface BlockedTogether {
  readonly fingerprint: string;
  readonly spaces: number;
  readonly deletions: number;
}

/** Items that are to be ingested for the same reason. */
export interface PlannedChange {
  readonly action: 'new' | 'updated';
  readonly why: string;
  readonly items: number;
}

export interface SpaceReport {
  readonly spaceKey: string;
  readonly spaceId: string;
  readonly outcome: Outcome;
  readonly totals: Totals;
  readonly blocked?: Blocked;
  /** Why contents that are not listed stay, the most frequent reasons first. */
  readonly held?: readonly { readonly why: string; readonly items: number }[];
  /** Of a dry run: why items would be ingested, the most frequent reasons first. */
  readonly changes?: readonly PlannedChange[];
  /** Why a space was skipped or failed as a whole. */
  readonly message?: string;
}

/** Result of `syncTenant` and `deleteTenant`, printed by `syncspace sync --json`. Times are ISO 8601 UTC. */
export interface TenantReport {
  readonly tenant: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly outcome: Outcome;
  /** Absent for a sync; in the report of a removal `totals` count what was removed (`deleted`) and what was not (`failed`). */
  readonly purpose?: 'deletion';
  readonly startedAt: string;
  readonly endedAt: string;
  readonly totals: Totals;
  /** All blocked sets under one fingerprint, when there are any. */
  readonly blocked?: BlockedTogether;
  readonly verification: Verification;
  readonly requests: Requests;
  /** What held the requests up; absent when nothing did. */
  readonly limits?: SideLimits;
  readonly spacesTotal: number;
  /** At most {@link MAX_SPACES_IN_REPORT}, troubled first. */
  readonly spaces: readonly SpaceReport[];
  /** The first {@link MAX_FAILURES_IN_REPORT}; the rest through `status`. */
  readonly failures: readonly Failure[];
  /** One sentence when the run did not do what was asked. */
  readonly message?: string;
}

/** Reports stand in Temporal's history, so they are bounded. */
export const MAX_SPACES_IN_REPORT = 200;
export const MAX_FAILURES_IN_REPORT = 100;

export const NO_ITEMS: Totals = {
  discovered: 0,
  new: 0,
  updated: 0,
  unchanged: 0,
  moved: 0,
  deleted: 0,
  skipped: 0,
  held: 0,
  failed: 0,
};
export const NO_REQUESTS: Requests = { confluence: 0, unique: 0, downloads: 0, uploads: 0 };
export const NOTHING_VERIFIED: Verification = { finished: 0, pending: 0, failed: 0 };

/** Whether anything was held up. */
export function isHeldUp({ confluence, unique }: SideLimits): boolean {
  return [confluence, unique].some(
    ({ waits, rateLimited, serverErrors }) => waits > 0 || rateLimited > 0 || serverErrors > 0,
  );
}

/** Field by field sum. */
export function addTotals(a: Totals, b: Totals): Totals {
  return {
    discovered: a.discovered + b.discovered,
    new: a.new + b.new,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    moved: a.moved + b.moved,
    deleted: a.deleted + b.deleted,
    skipped: a.skipped + b.skipped,
    held: a.held + b.held,
    failed: a.failed + b.failed,
  };
}

/** What a space's counts say about it: a failed item makes it partial. */
export function spaceOutcome(totals: Totals, blocked: boolean): Outcome {
  if (totals.failed > 0) return 'partial';
  return blocked ? 'blocked' : 'succeeded';
}

/**
 * A tenant is failed when every space failed, partial when any space is failed, partial, cancelled or skipped,
 * blocked when one is blocked, else succeeded.
 *
 * Precedence: failed, cancelled, partial, blocked, skipped, succeeded.
 */
export function tenantOutcome(spaces: readonly Outcome[], cancelled: boolean): Outcome {
  if (spaces.length > 0 && spaces.every((outcome) => outcome === 'failed')) return 'failed';
  if (cancelled) return 'cancelled';
  const troubled: readonly Outcome[] = ['failed', 'partial', 'cancelled', 'skipped'];
  if (spaces.some((outcome) => troubled.includes(outcome))) return 'partial';
  return spaces.includes('blocked') ? 'blocked' : 'succeeded';
}

const TROUBLE: Readonly<Record<Outcome, number>> = {
  failed: 0,
  cancelled: 1,
  partial: 2,
  blocked: 3,
  skipped: 4,
  succeeded: 5,
};

/** Orders space reports troubled first, then by key. */
export function troubledFirst(a: SpaceReport, b: SpaceReport): number {
  return TROUBLE[a.outcome] - TROUBLE[b.outcome] || (a.spaceKey < b.spaceKey ? -1 : 1);
}

/** The answer of a workflow that did not sync by itself. */
export function emptyReport(
  tenant: string,
  workflowId: string,
  runId: string,
  outcome: Outcome,
  at: string,
  message: string,
): TenantReport {
  return {
    tenant,
    workflowId,
    runId,
    outcome,
    startedAt: at,
    endedAt: at,
    totals: NO_ITEMS,
    verification: NOTHING_VERIFIED,
    requests: NO_REQUESTS,
    spacesTotal: 0,
    spaces: [],
    failures: [],
    message,
  };
}

/**
 * The report of a run that walked the spaces more than once: what was done adds up, what stands is the last word.
 *
 * A request that came late makes a second round, whose own counts show nothing but unchanged items.
 */
export function mergeRounds(earlier: TenantReport, latest: TenantReport): TenantReport {
  const before = new Map(earlier.spaces.map((space) => [space.spaceKey, space]));
  const spaces = latest.spaces.map((space) => {
    const same = before.get(space.spaceKey);
    return same === undefined ? space : { ...space, totals: mergeTotals(same.totals, space.totals) };
  });
  return { ...latest, totals: mergeTotals(earlier.totals, latest.totals), spaces };
}

function mergeTotals(earlier: Totals, latest: Totals): Totals {
  const done = { new: earlier.new + latest.new, updated: earlier.updated + latest.updated };
  const moved = { moved: earlier.moved + latest.moved, deleted: earlier.deleted + latest.deleted };
  const doneBefore = earlier.new + earlier.updated;
  return { ...latest, ...done, ...moved, unchanged: Math.max(0, latest.unchanged - doneBefore) };
}
