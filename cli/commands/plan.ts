import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { createSyncClient } from '../../client';
import { taskQueue } from '../../rules/workflow-names';
import { type CommandContext, withTemporal } from '../context';
import { exitCode, type ExitCode, exitCodeOf } from '../exit-code';
import { keepWorker, whileServed } from '../one-shot';
import type { RunCommand } from '../program';
import { planReportText } from '../report/plan-report-text';
import { localTenants, requireActive, requireActiveElsewhere } from '../tenant-argument';

/** The worker of this command forgets the dry run before it ends. */
const LEAVE_WITHIN_MS = 10_000;

/** `plan TENANT`: what a sync would do, and what it would cost. Writes nothing to Unique. */
export function addPlanCommand(program: Command, run: RunCommand): void {
  program
    .command('plan')
    .description('what a sync would do: a dry run that writes nothing')
    .argument('<tenant>', 'name of the tenant')
    .action((tenant: string) => run((context) => plan(context, tenant)));
}

async function plan(context: CommandContext, tenant: string): Promise<ExitCode> {
  const { environment, interruption, output } = context;
  const local = await localTenants(environment);
  if (local !== undefined) requireActive(local, tenant);
  return withTemporal(context, { ports: 'any' }, async (session) => {
    const client = createSyncClient(session);
    const keeper = keepWorker(context, session, true);
    const interrupted = interruption.received.then(() => undefined);
    try {
      await whileServed(session, keeper, Promise.race([keeper?.ready, interrupted]));
      if (local === undefined) await requireActiveElsewhere(client, tenant);
      const queue = keeper?.queueForReading ?? taskQueue.main;
      const begun = await whileServed(session, keeper, client.plan(tenant, { taskQueue: queue }));
      const report = await whileServed(session, keeper, Promise.race([begun.result(), interrupted]));
      if (report === undefined) {
        await begun.cancel();
        await Promise.race([begun.result().catch(() => undefined), sleep(LEAVE_WITHIN_MS)]);
        output.say(`Interrupted by ${interruption.signal}: the dry run of ${tenant} is given up.`);
        return exitCode.interrupted;
      }
      output.result(report, () => planReportText(report));
      return exitCodeOf(report.outcome);
    } finally {
      await keeper?.stop();
    }
  });
}
