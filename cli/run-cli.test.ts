import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { cloudFile, FIXTURE_ENVIRONMENT } from '../config/tenant-file-fixture';
import { runCli } from './run-cli';

let folder: string;
const before = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncspace-cli-'));
  Object.assign(process.env, FIXTURE_ENVIRONMENT, {
    SYNCSPACE_HOME: join(folder, 'home'),
    TENANT_CONFIG_PATH_PATTERN: join(folder, '*-tenant-config.yaml'),
  });
  delete process.env['TEMPORAL_ADDRESS'];
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  rmSync(folder, { recursive: true, force: true });
});

function writeTenants(files: Readonly<Record<string, string>>): void {
  for (const [tenant, content] of Object.entries(files)) {
    writeFileSync(join(folder, `${tenant}-tenant-config.yaml`), content);
  }
}

async function run(...argv: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCli(argv, { stdout, stderr });
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

test('what reaches nothing does without the files of the proxy; a check of the configuration names one that is missing', async () => {
  writeTenants({ acme: cloudFile() });
  const proxy = { PROXY_AUTH_MODE: 'no_auth', PROXY_HOST: 'proxy', PROXY_PORT: '3128', PROXY_PROTOCOL: 'http' };
  Object.assign(process.env, proxy, { PROXY_SSL_CA_BUNDLE_PATH: join(folder, 'missing.pem') });
  expect(await run('config', 'schema')).toMatchObject({ code: 0, stderr: '' });
  const checked = await run('config', 'check');
  expect(checked).toMatchObject({ code: 2, stderr: expect.stringContaining('PROXY_SSL_CA_BUNDLE_PATH names') });
});

test.each([
  ['no command', [], 2],
  ['an unknown command', ['snyc'], 2],
  ['a command without its argument', ['sync'], 2],
  ['one argument too many', ['sync', 'acme', 'beta'], 2],
  ['an unknown option', ['sync', 'acme', '--wat'], 2],
  ['a port that is none', ['up', '--port', '99999'], 2],
  ['an unknown flavor', ['sandbox', '--flavor', 'server'], 2],
  ['an unknown subcommand', ['schedule', 'drop'], 2],
  ['a call for help', ['sync', '--help'], 0],
  ['a question for the version', ['--version'], 0],
])('%s ends with its exit code', async (_what, argv, code) => {
  const printed = await run(...argv);
  expect(printed.code).toBe(code);
  expect(code === 0 ? printed.stdout : printed.stderr).not.toBe('');
  expect(code === 0 ? printed.stderr : printed.stdout).toBe('');
});

test('bad usage is a JSON document with --json', async () => {
  const { code, stdout } = await run('snyc', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { name: 'commander.unknownCommand' } });
});

describe('a sync is refused before anything is started', () => {
  beforeEach(() =>
    writeTenants({ acme: cloudFile(), asleep: cloudFile({ status: 'inactive' }), broken: 'confluence: 1' }),
  );

  test.each([
    ['of an unknown tenant, naming the nearest', 'acne', /Did you mean "acme"\?/],
    ['of an inactive tenant', 'asleep', /Tenant asleep is inactive/],
    [
      'of a tenant whose file has problems, naming all of them',
      'broken',
      /broken-tenant-config.yaml[^]*confluence[^]*unique/,
    ],
  ])('%s', async (_what, tenant, message) => {
    const { code, stdout, stderr } = await run('sync', tenant);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('a worker without a Temporal server says what to do', async () => {
  const { code, stderr } = await run('worker');
  expect(code).toBe(2);
  expect(stderr).toContain('TEMPORAL_ADDRESS');
  expect(stderr).toContain('syncspace up');
});

test('variables of the environment that are wrong are all named', async () => {
  process.env['PORT'] = 'seventy';
  process.env['SYNCSPACE_STORE_URL'] = 'mysql://user:secret@host/db';
  const { code, stderr } = await run('status');
  expect(code).toBe(2);
  expect(stderr).toContain('PORT');
  expect(stderr).toContain('SYNCSPACE_STORE_URL');
  expect(stderr).not.toContain('secret');
});

test('a Temporal server that is configured and does not answer is named', async () => {
  writeTenants({ acme: cloudFile() });
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  const { code, stderr } = await run('schedule', 'list');
  expect(code).toBe(1);
  expect(stderr).toContain('No Temporal server answers at 127.0.0.1:1');
});

test('config check lists what can be used and every problem', async () => {
  writeTenants({ acme: cloudFile() });
  await expect(run('config', 'check')).resolves.toMatchObject({ code: 0, stdout: expect.stringContaining('acme') });

  writeTenants({ broken: 'confluence: 1' });
  const { code, stdout, stderr } = await run('config', 'check', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, tenants: [{ tenant: 'acme', status: 'active' }] });
  expect(stderr).toContain('broken-tenant-config.yaml');
});

test('--config wins over the environment', async () => {
  writeTenants({ acme: cloudFile() });
  const { code, stderr } = await run('config', 'check', '--config', join(folder, 'none', '*.yaml'));
  expect(code).toBe(2);
  expect(stderr).toContain('matches no file');
});

test('config schema prints the JSON Schema', async () => {
  const { code, stdout } = await run('config', 'schema');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ title: 'SyncSpace tenant file' });
});
