import type { SyncClient } from '../../client';
import { linkTo } from '../commands/up';
import type { Output } from '../output';
import { showProgress } from '../progress/show-progress';
import { tenantReportText } from '../report/tenant-report-text';
import type { TemporalSession } from '../temporal/session';

/** Syncs a tenant with live progress, and prints its report. */
export async function syncAndShow(
  client: SyncClient,
  session: TemporalSession,
  tenant: string,
  output: Output,
): Promise<void> {
  const handle = await client.requestSync(tenant);
  output.say(`Syncing ${tenant}, to be watched at${linkTo(session, handle.workflowId)}`);
  const endProgress = showProgress(client, tenant, output);
  const report = await handle.result().finally(endProgress);
  output.result(report, () => `\n${tenantReportText(report)}\n`);
}
