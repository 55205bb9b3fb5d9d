import { randomUUID } from 'node:crypto';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { PlanReport } from '../rules/plan-report';
import { taskQueue } from '../rules/workflow-names';
import type { PlanTenantInput } from '../workflows/messages';
import { QuestionFailedError } from './errors';
import { innermostMessage } from './innermost-message';
import { throughOutages } from './outage';
import { readStatus } from './read-status';

type PlanTenantWorkflow = (input: PlanTenantInput) => Promise<PlanReport>;

/** A dry run that was begun. */
export interface PlanHandle {
  readonly workflowId: string;
  /** @throws {QuestionFailedError} when it came to nothing */
  result(): Promise<PlanReport>;
  /** Nobody waits for it any more. */
  cancel(): Promise<void>;
}

/** A dry run that nobody waits for ends some day. */
const LONGEST = '1 day';

/**
 * Begins a dry run of the tenant's sync. Every one is a workflow of its own; two at once disturb neither each other nor
 * a running sync.
 *
 * @param queue `syncspace-read` where only a worker that reads is there
 * @throws {NoWorkerAnswersError} when none polls that queue
 * @throws {QuestionFailedError} when the worker does not know the tenant
 */
export async function planTenant(client: Client, tenant: string, queue: string = taskQueue.main): Promise<PlanHandle> {
  await readStatus(client, { tenant }, queue);
  const handle = await client.workflow.start<PlanTenantWorkflow>('planTenant', {
    workflowId: `plan/${tenant}/${randomUUID()}`,
    taskQueue: queue,
    args: [{ tenant }],
    workflowExecutionTimeout: LONGEST,
    staticSummary: `Dry run of tenant ${tenant}`,
  });
  return {
    workflowId: handle.workflowId,
    async result() {
      try {
        return await throughOutages(() => handle.result());
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw error;
        throw new QuestionFailedError(innermostMessage(error), { cause: error });
      }
    },
    cancel: async () => void (await handle.cancel()),
  };
}
