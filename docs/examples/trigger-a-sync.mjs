// Starts the sync of a tenant and awaits its report: what another service does after an event of its own.
//
//   TEMPORAL_ADDRESS=127.0.0.1:7233 node docs/examples/trigger-a-sync.mjs acme ENG
//
// Asking twice is safe: the second request joins the running sync, and both callers get a report that covers theirs.
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createSyncClient } from 'syncspace';

const [tenant, ...spaces] = process.argv.slice(2);
if (tenant === undefined) throw new Error('Usage: node trigger-a-sync.mjs TENANT [SPACE…]');

const { connectionOptions, namespace = 'default' } = loadClientConnectConfig(); // TEMPORAL_ADDRESS and its kin
const connection = await Connection.connect(connectionOptions);
try {
  const sync = createSyncClient({ client: new Client({ connection, namespace }) });
  const handle = await sync.requestSync(tenant, spaces.length > 0 ? { spaces } : {});
  console.log(`asked for: ${handle.workflowId}, run ${handle.runId}`);
  // A caller that may be restarted keeps `handle.runId`; `sync.getSync(tenant, runId).result()` finds the report again.
  if (handle.paused === undefined) {
    const { outcome, totals } = await handle.result();
    console.log(`${outcome}: ${totals.new} new, ${totals.updated} updated, ${totals.failed} failed`);
    if (outcome !== 'succeeded') process.exitCode = 1;
  } else {
    console.log(`queued: ${tenant} is paused (${handle.paused})`);
  }
} finally {
  await connection.close();
}
