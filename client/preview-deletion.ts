import { randomUUID } from 'node:crypto';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { DeletionPreview } from '../rules/deletion-preview';
import { taskQueue } from '../rules/workflow-names';
import type { DeleteTenantInput } from '../workflows/messages';
import { QuestionFailedError } from './errors';
import { innermostMessage } from './innermost-message';
import { throughOutages } from './outage';
import { readStatus } from './read-status';

type PreviewDeletionWorkflow = (input: DeleteTenantInput) => Promise<DeletionPreview>;

/** A look that nobody waits for ends some day. */
const LONGEST = '1 day';

/**
 * What the removal of the tenant would find. Changes nothing, so it may run beside whatever else runs.
 *
 * @param queue `syncspace-read` where only a worker that reads is there
 * @throws {NoWorkerAnswersError} when none polls that queue
 * @throws {QuestionFailedError} when nobody knows the tenant, or Unique cannot be read
 */
export async function previewDeletion(
  client: Client,
  tenant: string,
  queue: string = taskQueue.main,
): Promise<DeletionPreview> {
  await readStatus(client, {}, queue); // whether a worker answers at all is known in seconds
  try {
    const handle = await client.workflow.start<PreviewDeletionWorkflow>('previewDeletion', {
      workflowId: `preview-deletion/${tenant}/${randomUUID()}`,
      taskQueue: queue,
      args: [{ tenant }],
      workflowExecutionTimeout: LONGEST,
      staticSummary: `What the removal of ${tenant} would find`,
    });
    return await throughOutages(() => handle.result());
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new QuestionFailedError(innermostMessage(error), { cause: error });
  }
}
