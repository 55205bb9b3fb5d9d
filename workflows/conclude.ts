import { ApplicationFailure, setCurrentDetails } from '@temporalio/workflow';
import type { TenantReport } from '../rules/report';
import { label } from './search-attributes';

/** Shows how a workflow ended. `failed` is thrown with the report in the failure's details, so that Temporal shows red. */
export function conclude(
  report: TenantReport,
  searchAttributes: readonly string[],
  failure: { readonly type: string; readonly message: string },
): TenantReport {
  label(searchAttributes, { SyncOutcome: report.outcome });
  setCurrentDetails(`Ended: **${report.outcome}**.`);
  if (report.outcome !== 'failed') return report;
  throw ApplicationFailure.nonRetryable(report.message ?? failure.message, failure.type, report);
}
