import type { Command } from 'commander';
import { createSyncClient, type SyncClient, taskQueue } from '../../client';
import { findTenant, type LoadedTenants } from '../../config/load';
import type { DeletionPreview } from '../../rules/deletion-preview';
import type { TenantReport } from '../../rules/report';
import { type CommandContext, withTemporal } from '../context';
import { TenantNotActiveError } from '../errors';
import { exitCode, type ExitCode, exitCodeOf } from '../exit-code';
import { keepWorker, whileServed } from '../one-shot';
import type { RunCommand } from '../program';
import { showProgress } from '../progress/show-progress';
import { deletionPreviewText, deletionReportText } from '../report/deletion-text';
import type { TemporalSession } from '../temporal/session';
import { localTenants } from '../tenant-argument';

/** `delete-tenant TENANT`: shows what it would remove from Unique; with `--yes` removes it and awaits the report. */
export function addDeleteTenantCommand(program: Command, run: RunCommand): void {
  program
    .command('delete-tenant')
    .description('show what a tenant put into Unique; with --yes remove it')
    .argument('<tenant>')
    .option('--yes', 'remove it')
    .action((tenant: string, { yes = false }: { readonly yes?: boolean }) =>
      run((context) => (yes ? remove(context, tenant) : preview(context, tenant))),
    );
}

function preview(context: CommandContext, tenant: string): Promise<ExitCode> {
  return withTemporal(context, { ports: 'any' }, async (session) => {
    const client = createSyncClient(session);
    const keeper = keepWorker(context, session, true);
    try {
      await whileServed(session, keeper, Promise.resolve(keeper?.ready));
      const queue = keeper?.queueForReading ?? taskQueue.main;
      const found = await whileServed(session, keeper, client.previewDeletion(tenant, { taskQueue: queue }));
      context.output.result(found satisfies DeletionPreview, () => deletionPreviewText(found));
      return exitCode.done;
    } finally {
      await keeper?.stop();
    }
  });
}

async function remove(context: CommandContext, tenant: string): Promise<ExitCode> {
  const local = await localTenants(context.environment);
  if (local !== undefined) requireNotInactive(local, tenant);
  return withTemporal(context, { ports: 'any' }, async (session) => {
    const client = createSyncClient(session);
    const keeper = keepWorker(context, session, false);
    try {
      await whileServed(session, keeper, Promise.resolve(keeper?.ready));
      return await removeAndWait(context, session, client, keeper, tenant);
    } finally {
      await keeper?.stop();
    }
  });
}

async function removeAndWait(
  { output, interruption }: CommandContext,
  session: TemporalSession,
  client: SyncClient,
  keeper: ReturnType<typeof keepWorker>,
  tenant: string,
): Promise<ExitCode> {
  const handle = await client.deleteTenant(tenant);
  const interrupted = interruption.received.then(() => undefined);
  const endProgress = showProgress(client, tenant, output);
  const report = await whileServed(session, keeper, Promise.race([handle.result(), interrupted])).finally(endProgress);
  if (report === undefined) {
    const goesOn = `it goes on with the next worker. Stop it with \`syncspace cancel ${tenant}\`.`;
    output.say(`Interrupted by ${interruption.signal}: the removal of ${tenant} is begun, and ${goesOn}`);
    return exitCode.interrupted;
  }
  output.result(report satisfies TenantReport, () => deletionReportText(report));
  return exitCodeOf(report.outcome);
}

/**
 * What an inactive tenant has in Unique is kept.
 *
 * @throws {TenantNotActiveError} @throws {UnknownTenantError} @throws {ConfigurationError}
 */
function requireNotInactive(local: LoadedTenants, name: string): void {
  const { status, file } = findTenant(local, name);
  if (status === 'inactive') throw new TenantNotActiveError(name, status, file, 'deleted');
}
