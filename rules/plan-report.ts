import type { Estimate } from './estimate';
import type { BlockedTogether, Failure, Outcome, SpaceReport, Totals } from './report';

/** A content that a sync would remove, or take out of its old space. */
export interface PlannedRemoval {
  readonly spaceKey: string;
  readonly itemKey: string;
  /** Why it would go. */
  readonly evidence: string;
  /** It would wait for a person. */
  readonly isBlocked?: true;
}

/** Result of `planTenant`, printed by `syncspace plan --json`: what a sync would do. Times are ISO 8601 UTC. */
export interface PlanReport {
  readonly tenant: string;
  readonly workflowId: string;
  readonly runId: string;
  /** `partial` when a space could not be looked at, `blocked` when removals would wait for a person. */
  readonly outcome: Outcome;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Items whose text is empty count as new or updated: nothing is downloaded. */
  readonly totals: Totals;
  readonly blocked?: BlockedTogether;
  readonly estimate: Estimate;
  readonly spacesTotal: number;
  /** At most 200, troubled first. */
  readonly spaces: readonly SpaceReport[];
  readonly removalsTotal: number;
  /** The first 500. */
  readonly removals: readonly PlannedRemoval[];
  /** The first 100. */
  readonly failures: readonly Failure[];
  /** Something that a person should know about the whole. */
  readonly message?: string;
}

export const MAX_REMOVALS_IN_PLAN = 500;
