import { type Command, InvalidArgumentError } from 'commander';
import { createSyncClient, type SyncClient, type SyncHandle, type SyncRequest } from '../../client';
import type { TenantReport } from '../../rules/report';
import { type CommandContext, withTemporal } from '../context';
import { exitCode, type ExitCode, exitCodeOf } from '../exit-code';
import { keepWorker, whileServed } from '../one-shot';
import type { RunCommand } from '../program';
import { showProgress } from '../progress/show-progress';
import { tenantReportText } from '../report/tenant-report-text';
import type { TemporalSession } from '../temporal/session';
import { localTenants, requireActive, requireActiveElsewhere } from '../tenant-argument';
import type { WorkerKeeper } from '../worker/worker-keeper';

/** What may be asked of a sync at the command line. */
export interface SyncOptions {
  readonly space?: readonly string[];
  readonly approve?: Readonly<Record<string, string>>;
  readonly force?: boolean;
  readonly rekey?: boolean;
  readonly page?: readonly string[];
  readonly wait: boolean;
}

/** Temporal and a worker, for as long as the command waits. */
interface Served {
  readonly session: TemporalSession;
  /** Absent where somebody else runs Temporal, and so the workers too. */
  readonly keeper: WorkerKeeper | undefined;
  readonly client: SyncClient;
}

/** `sync TENANT`: asks for a sync and awaits its result; brings server and worker for as long as it runs, if none is there. */
export function addSyncCommand(program: Command, run: RunCommand): void {
  program
    .command('sync')
    .description('ask for a sync and await its result')
    .argument('<tenant>', 'name of the tenant, as in {tenant}-tenant-config.yaml')
    .option('--space <key>', 'only this space; may be given several times', (key: string, before: string[] = []) => [
      ...before,
      key,
    ])
    .option('--approve <space=fingerprint>', 'let go what a sync blocked; may be given several times', parseApproval)
    .option('--force', 'ingest anew what has not changed, too')
    .option('--page <id>', 'with --force: only this page and its attachments; may be given several times', parsePage)
    .option('--rekey', 'ingest everything anew under changed keys, and remove each old copy after that')
    .option('--no-wait', 'ask for it and return')
    .action((tenant: string, options: SyncOptions, command: Command) => {
      if (options.page !== undefined && options.force !== true) {
        command.error('error: --page says what --force ingests anew: give both');
      }
      return run((context) => sync(context, tenant, options));
    });
}

function parsePage(id: string, before: readonly string[] = []): readonly string[] {
  if (!/^\d+$/.test(id)) throw new InvalidArgumentError("Write the page's id, the digits in its address.");
  return [...before, id];
}

function parseApproval(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [space, fingerprint, ...rest] = text.split('=');
  if (!space || !fingerprint || rest.length > 0) {
    throw new InvalidArgumentError('Write SPACE=FINGERPRINT, both as the report of the blocked sync prints them.');
  }
  return { ...before, [space]: fingerprint };
}

/** Brings server and worker for as long as it runs, if none is there, asks for a sync and awaits its result. */
export async function sync(context: CommandContext, tenant: string, options: SyncOptions): Promise<ExitCode> {
  const { environment } = context;
  const local = await localTenants(environment);
  if (local !== undefined) requireActive(local, tenant);
  const request: SyncRequest = {
    ...(options.space === undefined ? {} : { spaces: options.space }),
    ...(options.approve === undefined ? {} : { approvals: options.approve }),
    ...(options.force === true ? { force: true } : {}),
    ...(options.rekey === true ? { rekey: true } : {}),
    ...(options.page === undefined ? {} : { pages: options.page }),
  };
  return withTemporal(context, { ports: 'any' }, async (session) => {
    const client = createSyncClient(session);
    if (local === undefined) await requireActiveElsewhere(client, tenant);
    if (!options.wait) return requestOnly(context, session, await client.requestSync(tenant, request));
    const keeper = keepWorker(context, session, false);
    try {
      return await requestAndWait(context, { session, keeper, client }, tenant, request);
    } finally {
      await keeper?.stop();
    }
  });
}

async function requestAndWait(
  { output, interruption }: CommandContext,
  { session, keeper, client }: Served,
  tenant: string,
  request: SyncRequest,
): Promise<ExitCode> {
  const interrupted = interruption.received.then(() => undefined);
  await whileServed(session, keeper, Promise.race([keeper?.ready, interrupted]));
  if (interruption.signal !== undefined) {
    output.say(`Interrupted by ${interruption.signal} before the sync of ${tenant} was asked for.`);
    return exitCode.interrupted;
  }
  const handle = await client.requestSync(tenant, request);
  if (handle.paused !== undefined) return queued(output, handle, handle.paused, exitCode.incomplete);

  const endProgress = showProgress(client, tenant, output);
  const report = await whileServed(session, keeper, Promise.race([handle.result(), interrupted])).finally(endProgress);
  if (report === undefined) {
    output.say(`Interrupted by ${interruption.signal}: ${whatGoesOn(session, tenant)}`);
    return exitCode.interrupted;
  }
  output.result(report satisfies TenantReport, () => tenantReportText(report));
  return exitCodeOf(report.outcome);
}

/** Without a wait there is no worker of ours either: the request stands in Temporal until one takes it. */
function requestOnly({ output }: CommandContext, session: TemporalSession, handle: SyncHandle): ExitCode {
  if (handle.paused !== undefined) return queued(output, handle, handle.paused, exitCode.done);
  const { tenant, workflowId, runId } = handle;
  const waits = session.home !== undefined && session.home.othersWork() !== 'worker';
  const until = waits ? ' It begins with the next worker: `syncspace up`, or a `syncspace sync` that waits.' : '';
  output.result(
    { tenant, workflowId, runId, requested: true },
    () => `A sync of ${tenant} is asked for: ${workflowId}, run ${runId}.${until}`,
  );
  return exitCode.done;
}

function queued(output: CommandContext['output'], handle: SyncHandle, paused: string, code: ExitCode): ExitCode {
  const { tenant, workflowId, runId } = handle;
  output.result(
    { tenant, workflowId, runId, requested: true, paused },
    () => `${tenant} is paused (${paused}). The sync is queued and begins after \`syncspace resume ${tenant}\`.`,
  );
  return code;
}

function whatGoesOn({ home }: TemporalSession, tenant: string): string {
  const goesOn = home === undefined || home.othersWork() === 'worker' || home.hasOthers();
  return goesOn
    ? `this command no longer waits, but the sync of ${tenant} goes on. Stop it with \`syncspace cancel ${tenant}\`.`
    : `the sync of ${tenant} stops at its next batches and resumes at the next \`syncspace sync ${tenant}\` or \`syncspace up\`.`;
}
