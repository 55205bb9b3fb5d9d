import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../sandbox';
import type { TenantReport } from '../../rules/report';
import { CommandHome, isAlive, type RunningCommand } from './run-command';
import { until } from '../until';

let sandbox: Sandbox;
let home: CommandHome;

beforeEach(async () => {
  sandbox = await startSandbox({ flavor: 'data-center' });
  home = new CommandHome();
  await sandbox.writeTenantFile(home.folder);
});
afterEach(async () => {
  await home.close();
  await sandbox.close();
});
jest.setTimeout(120_000);

const reportOf = (stdout: string) => JSON.parse(stdout) as TenantReport;

/** Slow enough that a test can step in while it runs. */
function slowDown(): { remove(): void } {
  return sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 2_000 });
}

async function syncUnderWork(): Promise<RunningCommand> {
  const command = home.start('sync', sandbox.tenant, '--json');
  await until(() => sandbox.requests.count('unique.upload') > 0);
  return command;
}

test('W-17 W-22 one command syncs everything and leaves nothing running; the next ones move nothing, one page, or all to changed keys', async () => {
  const first = await home.run('sync', sandbox.tenant, '--json');
  expect(first.code).toBe(0);
  const report = reportOf(first.stdout);
  expect(report).toMatchObject({ tenant: sandbox.tenant, outcome: 'succeeded', totals: { failed: 0 } });
  expect(report.totals.new).toBe(sandbox.unique.contents().length);
  expect(report.totals.new).toBeGreaterThan(10);
  expect(home.serverPid()).toBeUndefined();
  expect(home.users()).toEqual([]);

  const second = await home.run('sync', sandbox.tenant);
  expect(second.stderr).not.toContain('Interrupted');
  expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/succeeded in[^]*new +0[^]*unchanged +\d\d/) });
  expect(second.stderr).toContain('an embedded server, started now');

  const { tenant, unique } = sandbox;
  const keys = () => unique.contents().map(({ key }) => key);
  const before = keys();
  const [id = ''] = before.flatMap((key) => /\/(\d+)$/.exec(key)?.[1] ?? []);
  const page = await home.run('sync', tenant, '--force', '--page', id, '--page', '999999');
  expect(page).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/updated +[1-9][^]*999999 +discover: Page 999999/),
  });

  await sandbox.writeTenantFile(home.folder, { ingestion: { useV1KeyFormat: 'enabled' } });
  const rekey = await home.run('sync', tenant, '--rekey', '--json');
  expect(rekey.code).toBe(0);
  expect(reportOf(rekey.stdout)).toMatchObject({ outcome: 'succeeded', totals: { failed: 0, held: 0 } });
  expect(keys().sort()).toEqual(before.map((key) => key.replace(`${tenant}/`, '')).sort());
});

test('a waiting sync takes over from one that is killed, on the same server, and the last one stops it', async () => {
  const slow = slowDown();
  const first = await syncUnderWork();
  const second = home.start('sync', sandbox.tenant, '--json');
  await second.says(/the embedded server of this home/);
  const server = home.serverPid();
  await until(() => home.users().length === 2);
  expect(home.users().filter(({ works }) => works === 'worker')).toEqual([expect.objectContaining({ pid: first.pid })]);

  first.signal('SIGKILL');
  await until(() => home.users().some(({ pid, works }) => pid === second.pid && works === 'worker'));
  slow.remove();
  await second.endsWith(0);
  expect(reportOf(second.stdout)).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 } });
  expect(home.serverPid()).toBeUndefined();
  expect(isAlive(server ?? 0)).toBe(false);
});

test('Ctrl-C ends with 130 and the next sync resumes', async () => {
  const slow = slowDown();
  const command = await syncUnderWork();
  command.signal('SIGINT');
  await command.endsWith(130);
  expect(command.stdout).toBe('');
  expect(command.stderr).toContain('resumes at the next `syncspace sync');
  expect(home.serverPid()).toBeUndefined();
  slow.remove();

  const status = await home.run('status', sandbox.tenant);
  expect(status.stdout).toContain('an interrupted sync waits for a worker');
  const next = await home.run('sync', sandbox.tenant, '--json');
  expect(next.code).toBe(0);
  expect(reportOf(next.stdout)).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 } });
  const contents = sandbox.unique.contents().map(({ key }) => key);
  expect(new Set(contents).size).toBe(contents.length);
  expect(reportOf(next.stdout).totals.new).toBe(contents.length);
  const again = await home.run('sync', sandbox.tenant, '--json');
  expect(reportOf(again.stdout).totals).toMatchObject({ new: 0, updated: 0, failed: 0 });
});

test('a killed command leaves a server that the next one adopts and stops', async () => {
  const slow = slowDown();
  const command = await syncUnderWork();
  const server = home.serverPid() ?? 0;
  command.signal('SIGKILL');
  await command.ended;
  slow.remove();
  expect(isAlive(server)).toBe(true);

  const next = await home.run('status', '--json');
  expect(next.code).toBe(0);
  expect(next.stderr).toContain(`the embedded server of this home (pid ${server})`);
  expect(JSON.parse(next.stdout)).toMatchObject({ tenants: [{ sync: { state: 'waiting for a worker' } }] });
  expect(isAlive(server)).toBe(false);
});

test('without a wait the request stays in Temporal until a worker comes', async () => {
  const asked = await home.run('sync', sandbox.tenant, '--no-wait', '--json');
  expect(asked.code).toBe(0);
  expect(JSON.parse(asked.stdout)).toMatchObject({ requested: true, workflowId: `sync/${sandbox.tenant}` });
  expect(sandbox.unique.contents()).toEqual([]);
  // Whoever only looks may do so where the proxy's files are not.
  const proxy = { PROXY_AUTH_MODE: 'no_auth', PROXY_HOST: 'proxy', PROXY_PORT: '3128', PROXY_PROTOCOL: 'http' };
  Object.assign(home.environment, proxy, { PROXY_SSL_CA_BUNDLE_PATH: join(home.folder, 'missing.pem') });
  const status = await home.run('status', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({
    tenants: [{ tenant: sandbox.tenant, sync: { state: 'waiting for a worker' } }],
  });
});

test('items that fail make it partial, with 3', async () => {
  sandbox.faults.add({ route: 'confluence.download', kind: 'status', status: 404 });
  const { code, stdout } = await home.run('sync', sandbox.tenant, '--json');
  expect(code).toBe(3);
  expect(reportOf(stdout)).toMatchObject({ outcome: 'partial' });
  const { stdout: text } = await home.run('status', sandbox.tenant, '--failures');
  expect(text).toMatch(/download, HTTP 404/);
});

test('credentials that are refused fail it, with 1 and the report', async () => {
  sandbox.faults.add({ route: /^GET .*/, kind: 'status', status: 401 });
  const { code, stdout } = await home.run('sync', sandbox.tenant, '--json');
  expect(code).toBe(1);
  expect(reportOf(stdout)).toMatchObject({ tenant: sandbox.tenant, outcome: 'failed' });
});

test('commands that begin at once share one server', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => home.run('schedule', 'list', '--json')));
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(home.serverPid()).toBeUndefined();
});
