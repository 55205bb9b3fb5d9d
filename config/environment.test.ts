import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { createAuthority } from '../test/network/certificates';
import { readEnvironment, tenantConfigPattern } from './environment';
import { ConfigurationError } from './errors';

/** All of it, the proxy with its files. */
const valuesOf = (environment: NodeJS.ProcessEnv) => {
  const read = readEnvironment(environment);
  return { ...read, proxy: read.proxy() };
};
const proxyOf = (environment: NodeJS.ProcessEnv) => valuesOf(environment).proxy;

function messageOf(environment: NodeJS.ProcessEnv): string {
  try {
    readEnvironment(environment).proxy();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'nothing wrong';
}

describe('the environment', () => {
  it('B-213 B-214 has a default for everything', () => {
    expect(valuesOf({})).toEqual({
      tenantConfigPattern: '*-tenant-config.yaml',
      home: resolve('.syncspace'),
      port: 51349,
      nodeEnvironment: 'production',
      logLevel: 'info',
      diagnosticsPolicy: 'conceal',
      metrics: { exporter: 'none' },
      health: { syncHistorySize: 5, tenantFailureThreshold: 0.5, connectivityTimeoutMs: 3000 },
      proxy: { mode: 'none' },
    });
  });

  it('reads every variable', () => {
    const environment = valuesOf({
      TENANT_CONFIG_PATH_PATTERN: ' /etc/tenants/*.yaml ',
      SYNCSPACE_HOME: '/var/lib/syncspace',
      SYNCSPACE_STORE_URL: 'postgresql://user:password@db/syncspace',
      SYNCSPACE_BUILD_ID: '1.2.3',
      TEMPORAL_CLI_PATH: '/usr/bin/temporal',
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'debug',
      LOGS_DIAGNOSTICS_DATA_POLICY: 'disclose',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '9464',
      HEALTH_SYNC_HISTORY_SIZE: '10',
      HEALTH_SYNC_TENANT_FAILURE_THRESHOLD: '0.25',
      HEALTH_CONNECTIVITY_TIMEOUT_MS: '500',
    });
    expect(environment).toEqual({
      tenantConfigPattern: '/etc/tenants/*.yaml',
      home: '/var/lib/syncspace',
      storeUrl: 'postgresql://user:password@db/syncspace',
      buildId: '1.2.3',
      temporalCliPath: '/usr/bin/temporal',
      nodeEnvironment: 'test',
      port: 0,
      logLevel: 'debug',
      diagnosticsPolicy: 'disclose',
      metrics: { exporter: 'prometheus', host: '127.0.0.1', port: 9464 },
      health: { syncHistorySize: 10, tenantFailureThreshold: 0.25, connectivityTimeoutMs: 500 },
      proxy: { mode: 'none' },
    });
  });

  it('takes a blank variable for one that is not set', () => {
    expect(valuesOf({ PORT: '', LOG_LEVEL: ' ', PROXY_AUTH_MODE: '', SYNCSPACE_STORE_URL: '' })).toEqual(valuesOf({}));
    expect(tenantConfigPattern({ TENANT_CONFIG_PATH_PATTERN: ' ' })).toBe('*-tenant-config.yaml');
  });

  it('tells all variables that are wrong at once', () => {
    expect(messageOf({ PORT: '65536', LOG_LEVEL: 'loud', PROXY_AUTH_MODE: 'kerberos', NODE_ENV: 'staging' })).toBe(
      [
        'The configuration has 4 problems.',
        'environment',
        '  NODE_ENV is "staging". Write development, production or test.',
        '  PORT is "65536". Write a whole number from 0 to 65535.',
        '  LOG_LEVEL is "loud". Write fatal, error, warn, info, debug, trace or silent.',
        '  PROXY_AUTH_MODE is "kerberos". Write none, no_auth, username_password or ssl_tls.',
      ].join('\n'),
    );
  });

  it.each<NodeJS.ProcessEnv>([
    { HEALTH_SYNC_TENANT_FAILURE_THRESHOLD: '1.01' },
    { HEALTH_SYNC_HISTORY_SIZE: '0' },
    { HEALTH_CONNECTIVITY_TIMEOUT_MS: '1.5' },
    { LOGS_DIAGNOSTICS_DATA_POLICY: 'masked' },
    { OTEL_METRICS_EXPORTER: 'otlp' },
    { PORT: '-1' },
  ])('refuses %j', (environment) => {
    expect(messageOf(environment)).toContain(Object.keys(environment)[0]);
  });

  it('never shows the address of the store', () => {
    const message = messageOf({ SYNCSPACE_STORE_URL: 'mysql://root:hunter2@db' });
    expect(message).toContain('SYNCSPACE_STORE_URL has an unusable value (not shown).');
    expect(message).not.toContain('hunter2');
  });
});

describe('the proxy', () => {
  const server = { PROXY_HOST: 'proxy.example.com', PROXY_PORT: '3128', PROXY_PROTOCOL: 'http' };

  it('B-230 is not used if its mode is not set, whatever else is', () => {
    expect(readEnvironment(server).proxy()).toEqual({ mode: 'none' });
  });

  const authority = createAuthority();
  const { cert, key } = authority.issue('syncspace');
  let folder: string;
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'syncspace-pem-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('B-230 B-231 may need no credentials', () => {
    const ca = file('ca.pem', `${authority.cert}\n${createAuthority().cert}`);
    const variables = { ...server, PROXY_AUTH_MODE: 'no_auth', PROXY_SSL_CA_BUNDLE_PATH: ca };
    const at = { protocol: 'http', host: 'proxy.example.com', port: 3128, connectHeaders: {} };
    expect(readEnvironment(variables).proxy()).toEqual({ mode: 'no_auth', ...at, caBundle: readFileSync(ca, 'utf8') });
  });

  it('B-230 B-231 may need a certificate, whose key is never printed', () => {
    const proxy = proxyOf({
      ...server,
      PROXY_AUTH_MODE: 'ssl_tls',
      PROXY_SSL_CERT_PATH: file('cert.pem', cert),
      PROXY_SSL_KEY_PATH: file('key.pem', key),
    });
    if (proxy.mode !== 'ssl_tls') throw new Error(proxy.mode);
    expect(proxy.certificate).toBe(cert);
    expect(proxy.key.reveal()).toBe(key);
    expect(inspect(proxy, { depth: 9 }) + JSON.stringify(proxy)).not.toContain('PRIVATE KEY');
  });

  it('tells which file cannot be used, and what to do about it', () => {
    const missing = join(folder, 'missing.pem');
    const nonsense = file('nonsense.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const lost = { ...server, PROXY_AUTH_MODE: 'no_auth', PROXY_SSL_CA_BUNDLE_PATH: missing };
    // Whoever reaches nothing does not need them.
    expect(() => readEnvironment(lost)).not.toThrow();
    expect(messageOf(lost)).toContain(
      `  PROXY_SSL_CA_BUNDLE_PATH names ${missing}, which cannot be read (ENOENT). Set it to the path of the certificates (PEM) that sign the proxy's, or unset it.`,
    );
    const withFiles = (certificate: string, keyPath: string) =>
      messageOf({
        ...server,
        PROXY_AUTH_MODE: 'ssl_tls',
        PROXY_SSL_CERT_PATH: certificate,
        PROXY_SSL_KEY_PATH: keyPath,
      });
    const [certFile, keyFile] = [file('cert.pem', cert), file('key.pem', key)];
    expect(withFiles(nonsense, folder)).toContain(
      [
        `  PROXY_SSL_CERT_PATH names ${nonsense}, which does not hold certificates (PEM). Set it to the path of the client certificate (PEM).`,
        `  PROXY_SSL_KEY_PATH names ${folder}, which cannot be read (EISDIR). Set it to the path of the client certificate's key (PEM, without a pass phrase).`,
      ].join('\n'),
    );
    expect(withFiles(certFile, certFile)).toContain('does not hold a private key without a pass phrase');
    const other = file('other.pem', authority.issue('other').key);
    expect(withFiles(certFile, other)).toContain(
      '  PROXY_SSL_KEY_PATH names a key that does not belong to the certificate of PROXY_SSL_CERT_PATH.',
    );
    expect(withFiles(certFile, keyFile)).toBe('nothing wrong');
  });

  it('B-230 B-231 may need a password, which like its headers is never printed', () => {
    const proxy = proxyOf({
      ...server,
      PROXY_AUTH_MODE: 'username_password',
      PROXY_USERNAME: 'sync',
      PROXY_PASSWORD: 'hunter2',
      PROXY_HEADERS: '{"x-token":"hunter2"}',
    });
    expect(inspect(proxy, { depth: 9 }) + JSON.stringify(proxy)).not.toContain('hunter2');
    if (proxy.mode !== 'username_password') throw new Error(proxy.mode);
    expect([proxy.password.reveal(), proxy.connectHeaders['x-token']?.reveal()]).toEqual(['hunter2', 'hunter2']);
  });

  it.each<[string, NodeJS.ProcessEnv, string[]]>([
    ['no_auth', {}, ['PROXY_HOST', 'PROXY_PORT', 'PROXY_PROTOCOL']],
    ['username_password', server, ['PROXY_USERNAME', 'PROXY_PASSWORD']],
    ['ssl_tls', server, ['PROXY_SSL_CERT_PATH', 'PROXY_SSL_KEY_PATH']],
    ['no_auth', { ...server, PROXY_PORT: '65536' }, ['PROXY_PORT']],
    ['no_auth', { ...server, PROXY_PROTOCOL: 'socks5' }, ['PROXY_PROTOCOL']],
    ['no_auth', { ...server, PROXY_HOST: 'http://proxy' }, ['PROXY_HOST']],
    ['no_auth', { ...server, PROXY_HEADERS: 'x-token: hunter2' }, ['PROXY_HEADERS']],
    ['no_auth', { ...server, PROXY_HEADERS: '{"x-token":["hunter2"]}' }, ['PROXY_HEADERS']],
  ])('of mode %s with %j lacks or spoils %j', (mode, variables, wrong) => {
    const message = messageOf({ ...variables, PROXY_AUTH_MODE: mode });
    expect(
      message
        .split('\n')
        .slice(2)
        .map((line) => line.trim().split(' ')[0]),
    ).toEqual(wrong);
    expect(message).not.toContain('hunter2');
  });
});
