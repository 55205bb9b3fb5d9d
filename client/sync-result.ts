import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import type { TenantReport } from '../rules/report';
import { workflowId } from '../rules/workflow-names';
import { type EndWithoutReport, NoWorkerAnswersError, SyncWithoutReportError } from './errors';
import { throughOutages } from './outage';
import { innermostMessage } from './innermost-message';
import { readStatus } from './read-status';

/**
 * The report of the sync that a run belongs to; follows the chain from that run.
 *
 * @throws {SyncWithoutReportError} when it left none
 */
export async function syncResult(client: Client, tenant: string, runId: string): Promise<TenantReport> {
  const id = workflowId.tenant(tenant);
  try {
    return await throughOutages(async () => (await client.workflow.getHandle(id, runId).result()) as TenantReport);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const report = reportIn(error.cause) ?? (await storedReport(client, tenant, runId, error.cause));
    if (report !== undefined) return report;
    throw new SyncWithoutReportError(id, runId, endOf(error.cause), innermostMessage(error), { cause: error });
  }
}

/** A failed sync carries its report in the details of its failure, so that Temporal shows red and nothing is lost. */
function reportIn(failure: Error | undefined): TenantReport | undefined {
  if (!(failure instanceof ApplicationFailure)) return undefined;
  const details: unknown = failure.details?.[0];
  return isTenantReport(details) ? details : undefined;
}

/** A cancelled run has no result in Temporal; its report stands in the store, which only a worker can read. */
async function storedReport(
  client: Client,
  tenant: string,
  runId: string,
  failure: Error | undefined,
): Promise<TenantReport | undefined> {
  if (!(failure instanceof CancelledFailure)) return undefined;
  const { raw } = await client.workflow.getHandle(workflowId.tenant(tenant), runId).describe();
  const firstRunId = raw.workflowExecutionInfo?.firstRunId || runId;
  try {
    const status = await readStatus(client, { tenant });
    const last = status.tenants.find((one) => one.tenant === tenant)?.last;
    return last?.runId === firstRunId ? last : undefined;
  } catch (error) {
    if (error instanceof NoWorkerAnswersError) return undefined;
    throw error;
  }
}

function isTenantReport(value: unknown): value is TenantReport {
  const known: readonly (keyof TenantReport)[] = ['tenant', 'outcome', 'totals', 'requests', 'spaces', 'failures'];
  return typeof value === 'object' && value !== null && known.every((key) => key in value);
}

function endOf(failure: Error | undefined): EndWithoutReport {
  if (failure instanceof CancelledFailure) return 'cancelled';
  if (failure instanceof TerminatedFailure) return 'terminated';
  return failure instanceof TimeoutFailure ? 'timed out' : 'failed';
}
