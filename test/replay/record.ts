import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { taskQueue, workflowId } from '../../rules/workflow-names';
import { temporalServer, withRig } from '../end-to-end/harness';

// Not a test: `npm run record-histories` runs it by hand. It syncs with everything that leaves a trace in a history (a
// pause, a failed item, a doorman, the removal of the tenant) and keeps the histories as test/replay/histories/{kind}.{workflow id}.json. RECORD_AS
// names the tenant, and so the files; recorded ones of a release are never replaced.

const NAME = process.env['RECORD_AS'] ?? 'v0-1';

test('histories are recorded', async () => {
  const folder = join(__dirname, 'histories');
  mkdirSync(folder, { recursive: true });
  const temporal = await temporalServer();
  const keep = async (kind: string, id: string): Promise<void> => {
    const history = await temporal.client.workflow.getHandle(id).fetchHistory();
    // Stack traces name the machine's folders, which are nobody's business.
    const text = historyToJSON(history).replaceAll(process.cwd(), '/app');
    writeFileSync(join(folder, `${kind}.${id.replaceAll('/', '__')}.json`), text);
    expect(history.events?.length).toBeGreaterThan(5);
  };
  try {
    await withRig(temporal, { flavor: 'cloud', tenant: NAME }, async ({ sandbox, run, sync, client }) => {
      sandbox.faults.add({ route: 'confluence.download', kind: 'status', status: 503, times: 1 });
      sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 300 });
      const first = run();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await sync.pause(NAME, 'recording');
      await sync.resume(NAME);
      const report = await first;
      await keep('tenant', workflowId.tenant(NAME));
      for (const { spaceKey } of report.spaces.slice(0, 2)) await keep('space', workflowId.space(NAME, spaceKey));
      const byHand = `by-hand-${NAME}`;
      await client.workflow.execute('syncTenant', {
        workflowId: byHand,
        taskQueue: taskQueue.main,
        args: [{ tenant: NAME }],
      });
      await keep('doorman', byHand);
      await (await sync.deleteTenant(NAME)).result();
      await keep('deletion', workflowId.tenant(NAME));
    });
  } finally {
    await temporal.teardown();
  }
}, 120_000);
