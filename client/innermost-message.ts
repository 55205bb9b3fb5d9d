import { WorkflowFailedError } from '@temporalio/client';
import { TemporalFailure } from '@temporalio/common';

/** What really happened: every level above the innermost says only that something below failed. */
export function innermostMessage(error: Error): string {
  let at: Error = error;
  while ((at instanceof TemporalFailure || at instanceof WorkflowFailedError) && at.cause !== undefined) at = at.cause;
  return at.message;
}
