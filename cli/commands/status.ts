import { taskQueue } from '../../rules/workflow-names';
import type { Command } from 'commander';
import { createSyncClient } from '../../client';
import { type CommandContext, withTemporal } from '../context';
import { exitCode, type ExitCode } from '../exit-code';
import { keepWorker, whileServed } from '../one-shot';
import type { RunCommand } from '../program';
import { statusText } from '../status/status-text';
import { tenantViews } from '../status/tenant-view';
import { localTenants, requireKnown, unknownTenant } from '../tenant-argument';

/** `status [TENANT]`: how fresh the knowledge base is, what runs, what failed. Syncs nothing. */
export function addStatusCommand(program: Command, run: RunCommand): void {
  program
    .command('status')
    .description('last and running syncs, freshness, failures')
    .argument('[tenant]', 'only this one')
    .option('--failures', 'list what failed in the last sync')
    .action((tenant: string | undefined, { failures = false }: { readonly failures?: boolean }) =>
      run((context) => status(context, tenant, failures)),
    );
}

async function status(context: CommandContext, tenant: string | undefined, failures: boolean): Promise<ExitCode> {
  const local = await localTenants(context.environment);
  if (tenant !== undefined) requireKnown(local, tenant);
  return withTemporal(context, { ports: 'any' }, async (session) => {
    const client = createSyncClient(session);
    const keeper = keepWorker(context, session, true);
    try {
      await whileServed(session, keeper, Promise.resolve(keeper?.ready));
      // A worker looks for a tenant that it does not know for some seconds; asked for all, it answers at once.
      const asked = local === undefined ? undefined : tenant;
      const { tenants } = await whileServed(
        session,
        keeper,
        client.status(asked, { failures, taskQueue: keeper?.queueForReading ?? taskQueue.main }),
      );
      const shown = tenants.filter((one) => tenant === undefined || one.tenant === tenant);
      if (tenant !== undefined && shown.length === 0) throw unknownTenant(tenant, tenants);
      const views = await tenantViews(session, client, shown);
      context.output.result({ tenants: views }, () => statusText(views, failures, Date.now()));
      return exitCode.done;
    } finally {
      await keeper?.stop();
    }
  });
}
