import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSyncClient } from '../../client';
import { type Environment, processEnvironment, readEnvironment } from '../../config/environment';
import { type Sandbox, startSandbox } from '../../sandbox';
import { DemoRunsError } from '../errors';
import type { Interruption } from '../interruption';
import { oneShotLogger } from '../one-shot';
import type { Output } from '../output';
import { EmbeddedHome } from '../temporal/embedded-home';
import { useTemporal } from '../temporal/use-temporal';
import type { TemporalSession } from '../temporal/session';
import { WorkerKeeper } from '../worker/worker-keeper';
import { arrivalText } from './arrival-text';
import { editSite } from './edit-site';
import { syncAndShow } from './sync-and-show';

export interface DemoOptions {
  /** Ends by itself. */
  readonly once: boolean;
  readonly output: Output;
  readonly interruption: Interruption;
}

/**
 * A first sync of two emulated sites, a look at what arrived, an edit, and a second sync that moves only that. Everything
 * is real but the two vendors: HTTP, Temporal, the store. Nothing of an earlier demo is kept.
 */
export async function runDemo({ once, output, interruption }: DemoOptions): Promise<void> {
  const home = await emptyHome();
  output.say('Starting an emulated Confluence Cloud, a Confluence Data Center, and a Unique for each …');
  const sandboxes = await Promise.all([startSandbox({ flavor: 'cloud' }), startSandbox({ flavor: 'data-center' })]);
  try {
    for (const sandbox of sandboxes) await sandbox.writeTenantFile(home);
    const session = await useTemporal({
      home,
      environment: withoutTemporalAddress(),
      start: { ports: 'usual' },
      say: (sentence) => output.say(sentence),
    });
    try {
      await showSyncs(session, demoEnvironment(home), sandboxes, { once, output, interruption });
    } finally {
      await session.close();
    }
  } finally {
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    if (once) await rm(home, { recursive: true, force: true });
  }
}

/**
 * The folder of the demo, without what an earlier one left: also a server, if that one was killed.
 *
 * @throws {DemoRunsError} when another demo uses it
 */
async function emptyHome(): Promise<string> {
  const home = join(process.cwd(), '.syncspace', 'demo');
  const left = await EmbeddedHome.enter(home, { environment: processEnvironment(), onRestart: () => undefined });
  const isUsed = left?.hasOthers() === true;
  await left?.leave();
  if (isUsed) throw new DemoRunsError(home);
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  return home;
}

async function showSyncs(
  session: TemporalSession,
  environment: Environment,
  sandboxes: readonly Sandbox[],
  { once, output, interruption }: DemoOptions,
): Promise<void> {
  const { home, connectionOptions, namespace } = session;
  if (home === undefined) throw new Error('The demo has an embedded server'); // no address was given
  const worker = new WorkerKeeper({
    home,
    environment,
    temporal: { connectionOptions, namespace },
    readOnly: false,
    logger: oneShotLogger(environment),
    say: (sentence) => output.say(sentence),
  });
  try {
    await worker.ready;
    const shown = show();
    await Promise.race([shown, interruption.received, worker.failed, home.lost]);
  } finally {
    await worker.stop();
  }

  async function show(): Promise<void> {
    const client = createSyncClient(session);
    for (const sandbox of sandboxes) {
      await syncAndShow(client, session, sandbox.tenant, output);
      output.result(undefined, () => `${arrivalText(sandbox)}\n`);
    }
    for (const sandbox of sandboxes) {
      output.result(undefined, () => editSite(sandbox));
      await syncAndShow(client, session, sandbox.tenant, output);
    }
    if (once) return;
    output.result(undefined, () => whatNow(session, sandboxes));
    await interruption.received;
  }
}

function whatNow({ uiAddress }: TemporalSession, sandboxes: readonly Sandbox[]): string {
  const admin = sandboxes.map(({ flavor, confluenceUrl }) => `  ${flavor}: ${new URL(confluenceUrl).origin}/_sandbox`);
  return [
    `Look around: Temporal UI ${uiAddress ?? ''}. What can be changed in the emulated sites:`,
    ...admin,
    'Ctrl-C ends the demo.',
  ].join('\n');
}

function demoEnvironment(home: string): Environment {
  const { storeUrl: _notInTheDemo, ...environment } = readEnvironment();
  return { ...environment, home, tenantConfigPattern: join(home, '*-tenant-config.yaml'), port: 0 };
}

/** A demo never writes into a Temporal server that somebody uses for real. */
function withoutTemporalAddress(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(processEnvironment()).filter(([name]) => !/^TEMPORAL_(?!CLI_PATH)/.test(name)),
  );
}
