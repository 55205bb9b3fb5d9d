import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createSyncClient } from '../../client';
import { type ConfigSection, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';
import { expectedItems, storedItems } from '../end-to-end/expected';
import { temporalServer, UNHURRIED } from '../end-to-end/harness';
import { createAuthority } from './certificates';
import { type ProxyOptions, type ProxyProcess, withProxy } from './proxy-process';
import { startTlsFront } from './tls-front';

const CLI = join(__dirname, '../../dist/cli/main.js');
const authority = createAuthority();

let temporal: TestWorkflowEnvironment;
let home: string;
beforeAll(async () => {
  temporal = await temporalServer();
  home = await mkdtemp(join(tmpdir(), 'syncspace-proxy-'));
}, 60_000);
afterAll(async () => {
  await temporal.teardown();
  await rm(home, { recursive: true, force: true });
});

/** A site whose Unique is at https://platform.test, or whose Confluence is at https://wiki.test: names that only the proxy knows. */
async function withSite(
  options: SandboxOptions,
  fronted: 'confluenceUrl' | 'uniqueUrl',
  work: (sandbox: Sandbox, frontAddress: string) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox(options);
  const front = await startTlsFront(authority.issue('wiki.test', 'platform.test'), sandbox[fronted]);
  try {
    await work(sandbox, front.address);
  } finally {
    await front.close();
    await sandbox.close();
  }
}

/** One sync by a worker process that has these variables; Node itself reads NODE_EXTRA_CA_CERTS. */
async function sync(sandbox: Sandbox, config: ConfigSection, variables: NodeJS.ProcessEnv): Promise<void> {
  const folder = join(home, sandbox.tenant);
  await sandbox.writeTenantFile(folder, { ...UNHURRIED, ...config });
  const authorityFile = join(home, 'authority.pem');
  await writeFile(authorityFile, authority.cert);
  const worker = spawn(process.execPath, [CLI, 'worker'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      SYNCSPACE_HOME: folder,
      TENANT_CONFIG_PATH_PATTERN: join(folder, '*-tenant-config.yaml'),
      TEMPORAL_ADDRESS: temporal.address,
      LOG_LEVEL: 'error',
      NODE_EXTRA_CA_CERTS: authorityFile,
      ...variables,
    },
  });
  try {
    const report = await (await createSyncClient({ client: temporal.client }).requestSync(sandbox.tenant)).result();
    expect(report).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 } });
    const [expected, stored] = [expectedItems(sandbox), storedItems(sandbox)];
    expect(stored.size).toBe(expected.size);
    for (const [key, item] of expected) expect(stored.get(key)).toEqual(item);
  } finally {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill('SIGTERM');
    await ended;
  }
}

const server = ({ port }: ProxyProcess, protocol: 'http' | 'https') => ({
  PROXY_HOST: 'localhost',
  PROXY_PORT: String(port),
  PROXY_PROTOCOL: protocol,
});
const hostOf = (url: string) => new URL(url).host;

test('B-230 B-231 B-232 in external mode Confluence, its media host, Unique, its tokens and its storage are reached through the proxy', async () => {
  await withSite({ flavor: 'cloud', tenant: 'all-proxied' }, 'uniqueUrl', async (sandbox, front) => {
    const confluence = hostOf(sandbox.apiUrl);
    const options: ProxyOptions = {
      tls: authority.issue('localhost'),
      authorization: `Basic ${Buffer.from('sync:pässword').toString('base64')}`,
      hosts: { 'gateway.test:80': confluence, 'platform.test:443': front },
    };
    await withProxy(options, async (proxy) => {
      const unique = 'https://platform.test';
      await sync(
        sandbox,
        {
          confluence: { ...(UNHURRIED['confluence'] as ConfigSection), apiUrl: 'http://gateway.test' },
          unique: {
            ...(UNHURRIED['unique'] as ConfigSection),
            zitadelOauthTokenUrl: `${unique}/oauth/v2/token`,
            ingestionServiceBaseUrl: `${unique}/ingestion`,
            scopeManagementServiceBaseUrl: `${unique}/scope-management`,
          },
        },
        {
          ...server(proxy, 'https'),
          PROXY_AUTH_MODE: 'username_password',
          PROXY_USERNAME: 'sync',
          PROXY_PASSWORD: 'pässword',
          PROXY_HEADERS: '{"x-team":"search"}',
        },
      );
      // The last two are Cloud's media host and the platform's storage, as the sandbox names them.
      const direct = [hostOf(sandbox.mediaUrl), hostOf(sandbox.uniqueUrl)];
      expect(proxy.targets()).toEqual([...direct, 'gateway.test:80', 'platform.test:443'].sort());
      expect(proxy.seen.every(({ headers }) => headers['x-team'] === 'search')).toBe(true);
    });
  });
}, 90_000);

test('B-230 B-231 B-232 in cluster_local mode Unique is never reached through the proxy, and Confluence always', async () => {
  await withSite({ flavor: 'data-center', tenant: 'half-proxied' }, 'confluenceUrl', async (sandbox, front) => {
    const options: ProxyOptions = {
      tls: { ...authority.issue('localhost'), ca: authority.cert },
      hosts: { 'wiki.test:443': front },
    };
    await withProxy(options, async (proxy) => {
      const { cert, key } = authority.issue('syncspace');
      const [certificateFile, keyFile] = [join(home, 'client.pem'), join(home, 'client.key')];
      await writeFile(certificateFile, cert);
      await writeFile(keyFile, key);
      const caBundle = join(home, 'proxy-authority.pem');
      await writeFile(caBundle, authority.cert);
      const baseUrl = `https://wiki.test${new URL(sandbox.confluenceUrl).pathname}`;
      await sync(
        sandbox,
        { confluence: { ...(UNHURRIED['confluence'] as ConfigSection), baseUrl } },
        {
          ...server(proxy, 'https'),
          PROXY_AUTH_MODE: 'ssl_tls',
          PROXY_SSL_CERT_PATH: certificateFile,
          PROXY_SSL_KEY_PATH: keyFile,
          PROXY_SSL_CA_BUNDLE_PATH: caBundle,
        },
      );
      expect(proxy.targets()).toEqual(['wiki.test:443']);
    });
  });
}, 90_000);

test('B-231 a worker whose proxy certificate cannot be read does not start, and says which variable it is', async () => {
  const worker = spawn(process.execPath, [CLI, 'worker'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      PROXY_AUTH_MODE: 'no_auth',
      PROXY_HOST: 'proxy',
      PROXY_PORT: '3128',
      PROXY_PROTOCOL: 'https',
      PROXY_SSL_CA_BUNDLE_PATH: '/nowhere/ca.pem',
    },
  });
  let said = '';
  worker.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await new Promise((resolve) => worker.once('close', resolve))).toBe(2);
  expect(said).toContain('PROXY_SSL_CA_BUNDLE_PATH names /nowhere/ca.pem, which cannot be read (ENOENT).');
}, 30_000);
