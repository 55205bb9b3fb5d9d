import { createServer } from 'node:net';
import { type Sandbox, startSandbox } from '../../sandbox';
import { CommandHome, isAlive, type RunningCommand } from './run-command';
import { until } from '../until';

let sandbox: Sandbox;
let home: CommandHome;
let up: RunningCommand;

beforeAll(async () => {
  sandbox = await startSandbox({ flavor: 'cloud' });
  home = new CommandHome();
  // Else a removal would wait ten minutes for what a cancelled sync may still have on its way.
  await sandbox.writeTenantFile(home.folder, { verify: { doubtMinutes: 0 } });
  up = home.start('up', '--json');
  await up.says(/"syncs"[^]*\]\s*\}/);
}, 60_000);
afterAll(async () => {
  await home.close();
  await sandbox.close();
});
jest.setTimeout(60_000);

const temporal = () => (JSON.parse(up.stdout) as { temporal: { address: string; uiAddress: string } }).temporal;

test('B-250 it asks for a first sync of each tenant and schedules the next ones', async () => {
  expect(JSON.parse(up.stdout)).toMatchObject({ syncs: [{ tenant: sandbox.tenant, state: 'asked for' }] });
  await until(async () => {
    const { stdout } = await home.run('status', sandbox.tenant, '--json');
    return (
      (JSON.parse(stdout) as { tenants: { last?: { outcome: string } }[] }).tenants[0]?.last?.outcome === 'succeeded'
    );
  });
  expect(sandbox.unique.contents().length).toBeGreaterThan(10);
  const { stdout } = await home.run('schedule', 'list', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ schedules: [{ tenant: sandbox.tenant, cron: '*/15 * * * *' }] });
});

test('the UI answers at the printed address', async () => {
  const answer = await fetch(temporal().uiAddress);
  expect(answer.status).toBe(200);
});

test('other commands use its server and its worker', async () => {
  const { code, stderr } = await home.run('sync', sandbox.tenant, '--json');
  expect(code).toBe(0);
  expect(stderr).toContain(`the embedded server of this home (pid ${home.serverPid()}) at ${temporal().address}`);
  expect(home.users()).toEqual([expect.objectContaining({ pid: up.pid, works: 'worker' })]);
});

test('a second worker on its store is refused and told why', async () => {
  const { code, stderr } = await home.run('worker');
  expect(code).toBe(1);
  expect(stderr).toContain(String(up.pid));
  expect(stderr).toContain('SYNCSPACE_STORE_URL');
  await expect(home.run('up', '--port', '7999')).resolves.toMatchObject({ code: 1 });
});

test('a paused tenant queues a sync until it is resumed', async () => {
  await expect(home.run('pause', sandbox.tenant, '--reason', 'lunch')).resolves.toMatchObject({ code: 0 });
  const waiting = await home.run('sync', sandbox.tenant);
  expect(waiting).toMatchObject({ code: 3, stdout: expect.stringContaining('is paused (lunch). The sync is queued') });
  await expect(home.run('sync', sandbox.tenant, '--no-wait')).resolves.toMatchObject({ code: 0 });
  const status = await home.run('status', sandbox.tenant);
  expect(status.stdout).toContain('paused (lunch)');

  await expect(home.run('resume', sandbox.tenant)).resolves.toMatchObject({ code: 0 });
  await until(async () => !(await home.run('status')).stdout.includes('  now '));
});

test('a sync that runs keeps its tenant from being removed; cancelled it ends with 1, and nothing to cancel with 0', async () => {
  const slow = sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 2_000 });
  sandbox.requests.reset();
  const sync = home.start('sync', sandbox.tenant, '--force', '--json');
  await until(() => sandbox.requests.count('unique.upload') > 0);
  const refused = await home.run('delete-tenant', sandbox.tenant, '--yes');
  expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/A sync of tenant [^]* runs/) });
  expect(sandbox.unique.removals).toEqual([]);
  await expect(home.run('cancel', sandbox.tenant)).resolves.toMatchObject({ code: 0 });
  await sync.endsWith(1);
  slow.remove();
  expect(JSON.parse(sync.stdout)).toMatchObject({ outcome: 'cancelled' });
  const none = await home.run('cancel', sandbox.tenant);
  expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to cancel') });
});

test('a name that nobody knows is refused with the nearest', async () => {
  for (const command of ['pause', 'resume', 'cancel', 'status', 'delete-tenant --yes']) {
    const { code, stderr } = await home.run(...command.split(' '), 'sandbox-clout');
    expect({ command, code }).toEqual({ command, code: 2 });
    expect(stderr).toContain('Did you mean "sandbox-cloud"?');
  }
});

test('delete-tenant shows what it would remove; with --yes it removes that, and then finds nothing', async () => {
  const { tenant, unique } = sandbox;
  const stored = unique.contents().length;
  const root = () => unique.scope(unique.rootScopeId);
  const preview = await home.run('delete-tenant', tenant);
  expect(preview.code).toBe(0);
  expect(preview.stdout).toContain(`Of ${tenant} would be removed: ${stored} contents`);
  expect(preview.stdout).toContain(`syncspace delete-tenant ${tenant} --yes`);
  expect(unique.contents()).toHaveLength(stored);

  const removed = await home.run('delete-tenant', tenant, '--yes', '--json');
  expect(removed.code).toBe(0);
  expect(JSON.parse(removed.stdout)).toMatchObject({
    tenant,
    outcome: 'succeeded',
    purpose: 'deletion',
    totals: { deleted: stored, failed: 0 },
  });
  expect(unique.contents()).toEqual([]);
  expect(root()).toMatchObject({ externalId: undefined });

  const again = await home.run('delete-tenant', tenant, '--yes');
  expect(again).toMatchObject({ code: 3, stdout: expect.stringContaining(`${tenant} has nothing to remove`) });
});

test('B-253 on SIGTERM it drains, stops the server and ends with 0', async () => {
  const server = home.serverPid() ?? 0;
  up.signal('SIGTERM');
  await up.endsWith(0);
  expect(isAlive(server)).toBe(false);
  expect(home.serverPid()).toBeUndefined();
});

test('a port that was asked for and is taken is an error with a remedy', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { readonly port: number };
  const { code, stderr } = await home.run('up', '--port', String(port));
  taken.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`Port ${port} of --port is in use`);
});
