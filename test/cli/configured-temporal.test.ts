import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type Sandbox, startSandbox } from '../../sandbox';
import { localServer } from '../workflows/environment';
import { CommandHome } from './run-command';

let server: TestWorkflowEnvironment;
let sandbox: Sandbox;
let home: CommandHome;

beforeAll(async () => {
  server = await localServer();
  sandbox = await startSandbox({ flavor: 'data-center' });
  home = new CommandHome();
  home.environment['TEMPORAL_ADDRESS'] = server.address;
  await sandbox.writeTenantFile(home.folder);
}, 60_000);
afterAll(async () => {
  await home.close();
  await sandbox.close();
  await server.teardown();
});
jest.setTimeout(60_000);

test('a worker of its own serves commands that only reach Temporal', async () => {
  const worker = home.start('worker');
  await worker.says(/The worker polls for sandbox-data-center/);
  expect(worker.stderr).toContain(`Temporal: the configured server at ${server.address}, namespace default`);

  const elsewhere = new CommandHome(); // without tenant files
  elsewhere.environment['TEMPORAL_ADDRESS'] = server.address;
  try {
    const sync = await elsewhere.run('sync', sandbox.tenant, '--json');
    expect(sync.code).toBe(0);
    expect(JSON.parse(sync.stdout)).toMatchObject({ outcome: 'succeeded' });
    const unknown = await elsewhere.run('sync', 'sandbox-data-centre');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "sandbox-data-center"?') });
  } finally {
    await elsewhere.close();
  }
  expect(home.serverPid()).toBeUndefined();

  worker.signal('SIGTERM');
  await worker.endsWith(0);
});

test('up starts no server where one is configured', async () => {
  const up = home.start('up');
  await up.says(/sandbox-data-center: sync asked for/);
  expect(home.serverPid()).toBeUndefined();
  up.signal('SIGINT');
  await up.endsWith(0);
});
