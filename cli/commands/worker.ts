import type { Command } from 'commander';
import { createLogger } from '../../worker/logging';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { type CommandContext, withTemporal } from '../context';
import { describeProblem } from '../describe-problem';
import { exitCode, type ExitCode } from '../exit-code';
import type { RunCommand } from '../program';
import type { TemporalSession } from '../temporal/session';

/** `worker`: polls for work in the foreground until it is told to stop. */
export function addWorkerCommand(program: Command, run: RunCommand): void {
  program
    .command('worker')
    .description('run a worker in the foreground; SIGTERM drains it')
    .action(() => run(work));
}

function work(context: CommandContext): Promise<ExitCode> {
  const { environment, output, interruption } = context;
  environment.proxy(); // what is wrong with it is told before anything is started
  return withTemporal(context, undefined, (session) =>
    withWorker(context, session, async (worker) => {
      const tenants = worker.tenants.map(({ tenant, status }) => ({ tenant, status }));
      const active = tenants.filter(({ status }) => status === 'active').map(({ tenant }) => tenant);
      output.result({ tenants }, () => `The worker polls for ${active.join(', ') || 'no tenant'}. Ctrl-C drains it.`);
      await Promise.race([interruption.received, worker.ended, lost(session)]);
      return exitCode.done;
    }),
  );
}

/** Starts the worker of a foreground command, and drains it however the work ends. */
export async function withWorker<T>(
  { environment, output, interruption }: CommandContext,
  session: TemporalSession,
  work: (worker: RunningWorker) => Promise<T>,
): Promise<T> {
  const { connectionOptions, namespace, home } = session;
  const logger = createLogger(environment);
  const worker = await startWorker({ environment, temporal: { connectionOptions, namespace }, logger });
  home?.setWork('worker');
  for (const problem of worker.problems) output.say(describeProblem(problem));
  try {
    return await work(worker);
  } finally {
    if (interruption.signal !== undefined)
      output.say('Draining: running slices stop at their next batch. A second signal ends at once.');
    await worker.shutdown().finally(() => home?.setWork('no'));
  }
}

/** Rejects when the embedded server is gone for good; never settles otherwise. */
export function lost({ home }: TemporalSession): Promise<never> {
  return home?.lost ?? new Promise<never>(() => undefined);
}
