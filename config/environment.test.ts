import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { readEnvironment, tenantConfigPattern } from './environment';
import { ConfigurationError } from './errors';

function messageOf(environment: NodeJS.ProcessEnv): string {
  try {
    readEnvironment(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'nothing wrong';
}

describe('the environment', () => {
  it('has a default for everything', () => {
    expect(readEnvironment({})).toEqual({
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
    const environment = readEnvironment({
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
    expect(readEnvironment({ PORT: '', LOG_LEVEL: ' ', PROXY_AUTH_MODE: '', SYNCSPACE_STORE_URL: '' })).toEqual(
      readEnvironment({}),
    );
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

  it('is not used if its mode is not set, whatever else is', () => {
    expect(readEnvironment(server).proxy).toEqual({ mode: 'none' });
  });

  it('may need no credentials', () => {
    const variables = { ...server, PROXY_AUTH_MODE: 'no_auth', PROXY_SSL_CA_BUNDLE_PATH: '/ca.pem' };
    const at = { protocol: 'http', host: 'proxy.example.com', port: 3128, caBundlePath: '/ca.pem', connectHeaders: {} };
    expect(readEnvironment(variables).proxy).toEqual({ mode: 'no_auth', ...at });
  });

  it('may need a certificate', () => {
    const variables = {
      ...server,
      PROXY_AUTH_MODE: 'ssl_tls',
      PROXY_SSL_CERT_PATH: '/c.pem',
      PROXY_SSL_KEY_PATH: '/k.pem',
    };
    expect(readEnvironment(variables).proxy).toMatchObject({
      mode: 'ssl_tls',
      certificatePath: '/c.pem',
      keyPath: '/k.pem',
    });
  });

  it('may need a password, which like its headers is never printed', () => {
    const { proxy } = readEnvironment({
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
