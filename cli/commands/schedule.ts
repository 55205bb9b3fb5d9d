import type { Command } from 'commander';
import { applySchedules, type AppliedSchedule, type ListedSchedule, listSchedules } from '../../client';
import { loadTenants } from '../../config/load';
import { type CommandContext, withTemporal } from '../context';
import { describeProblem } from '../describe-problem';
import { exitCode, type ExitCode } from '../exit-code';
import type { RunCommand } from '../program';
import { table } from '../report/table';
import { stoppedTenants, tenantSchedule } from '../tenant-schedules';

/** `schedule list` and `schedule apply`: Temporal's Schedules, made from the cron of the tenant files. */
export function addScheduleCommand(program: Command, run: RunCommand): void {
  const schedule = program.command('schedule').description("Temporal's Schedules, made from the tenants' cron");
  schedule
    .command('list')
    .description('show the Schedules that exist')
    .action(() => run(list));
  schedule
    .command('apply')
    .description('make the Schedules agree with the tenant files')
    .action(() => run(apply));
}

function list(context: CommandContext): Promise<ExitCode> {
  return withTemporal(context, { ports: 'any' }, async ({ client }) => {
    const schedules = await listSchedules(client);
    context.output.result({ schedules }, () => listText(schedules));
    return exitCode.done;
  });
}

async function apply(context: CommandContext): Promise<ExitCode> {
  const { environment, output } = context;
  const loaded = await loadTenants({ pattern: environment.tenantConfigPattern });
  return withTemporal(context, { ports: 'any' }, async ({ client }) => {
    const schedules = await applySchedules(client, loaded.tenants.map(tenantSchedule), {
      untouched: stoppedTenants(loaded),
    });
    for (const problem of loaded.problems) output.say(describeProblem(problem));
    output.result({ schedules, problems: loaded.problems }, () => appliedText(schedules));
    return loaded.problems.length === 0 ? exitCode.done : exitCode.refused;
  });
}

function listText(schedules: readonly ListedSchedule[]): string {
  if (schedules.length === 0) return 'There is no Schedule. Make them with `syncspace schedule apply`.';
  const rows = schedules.map(({ tenant, cron, timezone, paused, nextAt, lastAt }) => [
    tenant,
    cron ?? '(made by hand)',
    timezone,
    paused === undefined ? `next ${nextAt ?? 'never'}` : `paused: ${paused}`,
    lastAt === undefined ? '' : `last ${lastAt}`,
  ]);
  return table(rows, '');
}

function appliedText(schedules: readonly AppliedSchedule[]): string {
  if (schedules.length === 0) return 'No tenant wants a Schedule, and none has one.';
  const gone = (change: string) => (change === 'paused' ? 'its tenant file is gone' : '');
  return table(
    schedules.map(({ tenant, scheduleId, change }) => [tenant, change, scheduleId, gone(change)]),
    '',
  );
}
