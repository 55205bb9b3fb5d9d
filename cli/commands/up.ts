import type { Command } from 'commander';
import { type CommandContext, withTemporal } from '../context';
import { exitCode, type ExitCode } from '../exit-code';
import type { RunCommand } from '../program';
import type { TemporalSession } from '../temporal/session';
import { type FirstSync, startFirstSyncs } from '../up/first-syncs';
import { followSchedules } from '../up/schedule-follower';
import { parsePort } from '../parse-port';
import { lost, withWorker } from './worker';

interface UpOptions {
  readonly port?: number;
  readonly uiPort?: number;
}

/** `up`: everything on one machine, in the foreground: Temporal, worker, Schedules, a first sync of each tenant. */
export function addUpCommand(program: Command, run: RunCommand): void {
  program
    .command('up')
    .description('run Temporal (unless an address is configured), worker and Schedules in the foreground')
    .option('--port <n>', 'port of the embedded Temporal server (default: 7233, or a free one)', parsePort)
    .option('--ui-port <n>', "port of Temporal's UI (default: 8233, or a free one)", parsePort)
    .action((options: UpOptions) => run((context) => up(context, options)));
}

function up(context: CommandContext, { port, uiPort }: UpOptions): Promise<ExitCode> {
  const { environment, output, interruption } = context;
  environment.proxy(); // what is wrong with it is told before anything is started
  const wishes = { ports: 'usual', ...(port && { port }), ...(uiPort && { uiPort }) } as const;
  return withTemporal(context, wishes, (session) =>
    withWorker(context, session, async (worker) => {
      const endFollowing = await followSchedules(session.client, environment, (sentence) => output.say(sentence));
      try {
        const syncs = await startFirstSyncs(session.client, worker.tenants);
        output.result(upDocument(session, syncs), () => upText(session, syncs));
        await Promise.race([interruption.received, worker.ended, lost(session)]);
        return exitCode.done;
      } finally {
        endFollowing();
      }
    }),
  );
}

function upDocument({ connectionOptions, namespace, uiAddress }: TemporalSession, syncs: readonly FirstSync[]) {
  return { temporal: { address: connectionOptions.address, namespace, uiAddress }, syncs };
}

function upText(session: TemporalSession, syncs: readonly FirstSync[]): string {
  const first = syncs[0]?.tenant ?? 'TENANT';
  return [
    ...syncs.map(({ tenant, state, workflowId }) => `${tenant}: sync ${state}${linkTo(session, workflowId)}`),
    '',
    session.uiAddress === undefined ? '' : `Temporal UI       ${session.uiAddress}`,
    `Freshness         syncspace status`,
    `Sync and wait     syncspace sync ${first}`,
    `Pause             syncspace pause ${first}`,
    'Ctrl-C stops everything; what is unfinished goes on with the next `syncspace up`.',
  ].join('\n');
}

/** Where the UI shows a workflow. */
export function linkTo({ uiAddress, namespace }: TemporalSession, workflowId: string): string {
  if (uiAddress === undefined) return '';
  return `  ${uiAddress}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
