import { ActivityFailure, ApplicationFailure, TemporalFailure } from '@temporalio/workflow';
import type { Step } from '../rules/report';

/** The innermost message: each level above says only that an activity or a child failed. */
export function innermostMessage(error: unknown): string {
  let at: unknown = error;
  while (at instanceof TemporalFailure && at.cause !== undefined) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}

/** The step that a failure happened in, as the activity said, or `otherwise`. */
export function failedStep(error: unknown, otherwise: Step): Step {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof ApplicationFailure) {
      const first = at.details?.[0] as { readonly step?: Step } | undefined; // written by activities/failures.ts
      if (first?.step !== undefined) return first.step;
    }
  }
  return otherwise;
}

/** The type of the failure that an activity threw, if one did. */
export function failureType(error: unknown): string | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? undefined) : undefined;
}
