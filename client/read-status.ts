import { randomUUID } from 'node:crypto';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import { taskQueue } from '../rules/workflow-names';
import type { ReadStatusInput, StatusReport } from '../workflows/messages';
import { NoWorkerAnswersError, QuestionFailedError } from './errors';
import { innermostMessage } from './innermost-message';

/** A living worker answers within a second; a new one needs up to ten, if another died shortly before. */
const ANSWER_WITHIN_MS = 20_000;

type ReadStatusWorkflow = (input?: ReadStatusInput) => Promise<StatusReport>;

/**
 * Asks a worker what its store knows. Every question is a short workflow of its own, so it works from any machine that
 * reaches Temporal.
 *
 * @param queue `syncspace-read` where only a worker that reads is there
 * @throws {NoWorkerAnswersError} when none polls that queue
 * @throws {QuestionFailedError} when the worker does not know the tenant, or cannot read its store
 */
export async function readStatus(
  client: Client,
  input: ReadStatusInput = {},
  queue: string = taskQueue.main,
): Promise<StatusReport> {
  try {
    return await client.workflow.execute<ReadStatusWorkflow>('readStatus', {
      workflowId: `status/${randomUUID()}`,
      taskQueue: queue,
      args: [input],
      workflowExecutionTimeout: ANSWER_WITHIN_MS,
      staticSummary: 'Read the store',
    });
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof TimeoutFailure) {
      throw new NoWorkerAnswersError(queue, ANSWER_WITHIN_MS, { cause: error });
    }
    throw new QuestionFailedError(innermostMessage(error), { cause: error });
  }
}
