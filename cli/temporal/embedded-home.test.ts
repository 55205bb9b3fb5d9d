import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { howToGet, temporalCli } from '../../scripts/temporal-binary.cjs';
import { processEnvironment } from '../../config/environment';
import { askClusterId } from './ask-server';
import { EmbeddedHome } from './embedded-home';
import {
  PortTakenError,
  ServerDidNotStartError,
  ServerOnOtherPortsError,
  ServerSilentError,
  TemporalBinaryMissingError,
} from './errors';
import { processStart } from './process-identity';

let folder: string;
const entered: EmbeddedHome[] = [];
const sockets: Socket[] = [];

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'syncspace-home-'))));
afterEach(async () => {
  for (const home of entered.splice(0)) await home.leave();
  for (const socket of sockets.splice(0)) socket.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function enter(start: Parameters<typeof EmbeddedHome.enter>[1]['start'] = { ports: 'any' }) {
  const said: string[] = [];
  const home = await EmbeddedHome.enter(folder, {
    ...(start && { start }),
    environment: processEnvironment(),
    onRestart: (sentence) => said.push(sentence),
  });
  if (home === undefined) throw new Error('no server');
  entered.push(home);
  return { home, said };
}

const serverFile = () => JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as Record<string, unknown>;
const writeFile = (content: unknown) => writeFileSync(join(folder, 'server.json'), JSON.stringify(content));

test('a server is started, written down, and stopped by the last one that leaves', async () => {
  const { home } = await enter();
  const { address, pid, clusterId } = home.server;
  expect(home.started).toBe(true);
  expect(serverFile()).toMatchObject({ address, pid, clusterId, uiAddress: expect.stringMatching(/^http:/) });
  await expect(askClusterId(address, 1_000)).resolves.toBe(clusterId);

  await home.leave();
  expect(processStart(pid)).toBeUndefined();
  expect(existsSync(join(folder, 'server.json'))).toBe(false);
});

test('a server whose owner died is adopted, also when it had not answered yet', async () => {
  const first = (await enter()).home;
  const { clusterId: _notYet, ...halfWritten } = first.server;
  writeFile(halfWritten);
  const second = (await enter()).home;
  expect(second.started).toBe(false);
  expect(second.server).toMatchObject({ pid: first.server.pid, clusterId: first.server.clusterId });
});

test('it stays as long as another living command uses it, and dead ones do not count', async () => {
  const { home } = await enter();
  const user = (pid: number, start: string) =>
    writeFileSync(join(folder, 'users', `${pid}.json`), JSON.stringify({ pid, processStart: start, works: 'worker' }));
  user(process.ppid, processStart(process.ppid) ?? '');
  user(4_000_000, 'long ago');
  expect(home.othersWork()).toBe('worker');
  await home.leave();
  expect(processStart(home.server.pid)).toBeDefined();

  user(process.ppid, 'another process with this pid');
  expect(home.othersWork()).toBe('no');
  await home.leave();
  expect(processStart(home.server.pid)).toBeUndefined();
});

test.each([
  ['is damaged', () => '{"address":'],
  [
    'names a dead process',
    () => JSON.stringify({ address: '127.0.0.1:1', uiAddress: '', pid: 4_000_000, clusterId: 'x' }),
  ],
  [
    'names a process that got the pid later',
    () =>
      JSON.stringify({
        address: '127.0.0.1:1',
        uiAddress: '',
        pid: process.pid,
        processStart: 'before',
        clusterId: 'x',
      }),
  ],
])('a server.json that %s is no server', async (_what, content) => {
  writeFileSync(join(folder, 'server.json'), content());
  await expect(EmbeddedHome.enter(folder, { environment: {}, onRestart: () => undefined })).resolves.toBeUndefined();
  expect((await enter()).home.started).toBe(true);
});

test('a server that lives and is silent is not doubled', async () => {
  const silent = await listen();
  const { port } = silent.address() as { readonly port: number };
  writeFile({ address: `127.0.0.1:${port}`, uiAddress: '', pid: process.pid, clusterId: 'x' });
  await expect(enter()).rejects.toThrow(ServerSilentError);
  rmSync(join(folder, 'server.json'));
  silent.close();
}, 30_000);

test('another cluster at the address is a stranger', async () => {
  const { home } = await enter();
  writeFile({ ...home.server, clusterId: 'another one' });
  await expect(EmbeddedHome.enter(folder, { environment: {}, onRestart: () => undefined })).resolves.toBeUndefined();
  writeFile(home.server);
});

test('two servers on one database are impossible, even if the first is forgotten', async () => {
  const { home } = await enter();
  const forgotten = home.server;
  rmSync(join(folder, 'server.json'));
  await expect(enter()).rejects.toThrow(ServerDidNotStartError);
  await expect(enter()).rejects.toThrow(/Another Temporal server holds the database/);
  expect(processStart(forgotten.pid)).toBeDefined();
  writeFile(forgotten);
});

test('a server that is killed is started again at the same address', async () => {
  const { home, said } = await enter();
  const before = home.server;
  process.kill(before.pid, 'SIGKILL');
  while (home.server.pid === before.pid) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(home.server).toMatchObject({
    address: before.address,
    uiAddress: before.uiAddress,
    clusterId: before.clusterId,
  });
  expect(said).toEqual([expect.stringContaining('starting it again')]);
});

test('a port that was asked for and is taken is an error', async () => {
  const taken = await listen();
  const { port } = taken.address() as { readonly port: number };
  await expect(enter({ ports: 'usual', port })).rejects.toThrow(PortTakenError);
  await expect(enter({ ports: 'usual', uiPort: port })).rejects.toThrow(/--ui-port/);
  taken.close();
  const { home } = await enter({ ports: 'any', port });
  expect(home.server.address).toBe(`127.0.0.1:${port}`);
  await expect(enter({ ports: 'usual', port: 7999 })).rejects.toThrow(ServerOnOtherPortsError);
});

test('a missing program is named with the three ways to get it', () => {
  const { message } = new TemporalBinaryMissingError(howToGet(temporalCli));
  for (const way of ['TEMPORAL_CLI_PATH', 'PATH', 'npm run setup']) expect(message).toContain(way);
});

test('a process is told from a later one with its pid, and one that has ended is none', async () => {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const pid = child.pid ?? 0;
  expect(processStart(pid)).toBe(processStart(pid));
  expect(processStart(pid)).not.toBe(processStart(process.pid));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  expect(processStart(pid)).toBeUndefined();
});

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    // Takes connections and says nothing.
    const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
