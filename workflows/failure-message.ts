import { ApplicationFailure, TemporalFailure } from '@temporalio/workflow';
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

/** Whether an activity, also one of a child, was told that its credentials are not accepted. */
export const isRefusedCredential = (error: unknown): boolean => isOfType(error, 'UnauthorizedError');

/** Whether an activity found its run closed in the store: the workflow was reset after its end. */
export const isClosedRun = (error: unknown): boolean => isOfType(error, 'RunClosedError');

function isOfType(error: unknown, type: string): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof ApplicationFailure && at.type === type) return true;
  }
  return false;
}
