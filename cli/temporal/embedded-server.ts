import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { howToGet, temporalCli, temporalCliPath } from '../../scripts/temporal-binary.cjs';
import { searchAttributes } from '../../rules/workflow-names';
import { askClusterId } from './ask-server';
import { ServerDidNotStartError, ServerSilentError, TemporalBinaryMissingError } from './errors';
import { choosePorts, type PortWishes } from './free-port';
import { processStart } from './process-identity';
import { readServerFile, removeServerFile, type ServerFile, writeServerFile } from './server-file';

/** An embedded server that answers. */
export type LivingServer = ServerFile & { readonly clusterId: string };

/**
 * A server hands out the tasks of a history shard, of which a development server has one, at most 20 times a second:
 * each step of a workflow waits up to 50 ms for its turn. With the bound lifted a sync of a quiet tenant takes 0.4 s
 * instead of 1.1 s (CLI 1.9.1).
 */
export const PROMPT_TASKS = 'history.transferProcessorMaxPollRPS=1000';

const PORT_ATTEMPTS = 3;
const STARTED_WITHIN_MS = 60_000;
const ANSWERS_WITHIN_MS = 10_000;
// A query that no worker answered holds a server's orderly end for ten seconds (CLI 1.9.1). Its database bears a kill.
const STOPPED_WITHIN_MS = 2_000;

/**
 * The embedded server of this home that runs, whoever started it; `undefined` when there is none. To be called under the
 * home's lock.
 *
 * @throws {ServerSilentError} when its process lives and does not answer
 */
export async function findServer(home: string): Promise<LivingServer | undefined> {
  const server = readServerFile(home);
  if (server === undefined || !isServerAlive(server)) return undefined;
  const clusterId = await askClusterId(server.address, ANSWERS_WITHIN_MS);
  if (clusterId === undefined) throw new ServerSilentError(server.address, server.pid);
  // Another cluster at this address: the pid went to a stranger, and so did the port.
  if (server.clusterId !== undefined && server.clusterId !== clusterId) return undefined;
  const living = { ...server, clusterId };
  if (server.clusterId === undefined) writeServerFile(home, living); // its owner died before it answered
  return living;
}

/** True while the process that the file names runs. */
export function isServerAlive({ pid, processStart: start }: ServerFile): boolean {
  const now = processStart(pid);
  return now !== undefined && (start === undefined || start === now);
}

/**
 * Starts an embedded server on the home's database and waits until it can be worked with. It outlives this process,
 * so that a killed command leaves a server that the next one adopts. To be called under the home's lock.
 *
 * @throws {TemporalBinaryMissingError} when the Temporal CLI is nowhere
 * @throws {PortTakenError} when a port that was asked for is in use
 * @throws {ServerDidNotStartError} when it ends before it answers, or stays silent
 */
export async function startServer(
  home: string,
  wishes: PortWishes,
  environment: NodeJS.ProcessEnv,
): Promise<LivingServer> {
  const program = temporalCliPath(environment);
  if (program === undefined) throw new TemporalBinaryMissingError(howToGet(temporalCli));
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(wishes);
    try {
      return await startOnPorts(home, program, ports);
    } catch (error) {
      // Between choosing a port and listening on it, somebody else may take it.
      const lostPort = error instanceof ServerDidNotStartError && error.message.includes('address already in use');
      if (!lostPort || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startOnPorts(
  home: string,
  program: string,
  { port, uiPort }: Awaited<ReturnType<typeof choosePorts>>,
): Promise<LivingServer> {
  const logFile = join(home, 'temporal.log');
  const log = openSync(logFile, 'w', 0o600);
  // Its own process group: Ctrl-C in a terminal reaches us alone, and the worker can drain before the server goes.
  const child = spawn(program, serverArguments(home, port, uiPort), { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  if (child.pid === undefined) throw new ServerDidNotStartError(logFile, `${program} cannot be executed`);

  const address = `127.0.0.1:${port}`;
  const start = processStart(child.pid);
  const server: ServerFile = {
    address,
    uiAddress: `http://127.0.0.1:${uiPort}`,
    pid: child.pid,
    ...(start === undefined ? {} : { processStart: start }),
  };
  writeServerFile(home, server);
  const clusterId = await waitForAnswer(address, () => ended);
  if (clusterId === undefined) {
    await stopServer(home, server);
    throw new ServerDidNotStartError(logFile, lastLines(logFile));
  }
  child.unref();
  const living = { ...server, clusterId };
  writeServerFile(home, living);
  return living;
}

/** Ends the server and waits for it; nothing that it was told is lost. To be called under the home's lock. */
export async function stopServer(home: string, server: ServerFile): Promise<void> {
  if (isServerAlive(server)) process.kill(server.pid, 'SIGTERM');
  const deadline = Date.now() + STOPPED_WITHIN_MS;
  while (isServerAlive(server)) {
    if (Date.now() > deadline) process.kill(server.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  removeServerFile(home);
}

function serverArguments(home: string, port: number, uiPort: number): string[] {
  const database = join(home, 'temporal.db');
  // Two servers on one file answer both and damage each other's work; with the exclusive lock of SQLite the second one
  // does not start (seen with CLI 1.9.1). The lock falls with the process.
  const pragmas = ['journal_mode=WAL', 'locking_mode=EXCLUSIVE'];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', database, '--log-level', 'error', '--ui-disable-news-fetch'],
    ...['--dynamic-config-value', PROMPT_TASKS],
    ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

async function waitForAnswer(address: string, hasEnded: () => boolean): Promise<string | undefined> {
  const deadline = Date.now() + STARTED_WITHIN_MS;
  while (!hasEnded() && Date.now() < deadline) {
    const clusterId = await askClusterId(address, 500);
    if (clusterId !== undefined) return clusterId;
  }
  return undefined;
}

function lastLines(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join('\n') || '(nothing)';
}
