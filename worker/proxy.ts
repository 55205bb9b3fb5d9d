import type { Environment } from '../config/environment';
import type { ProxyCredentials, ProxySettings } from '../config/proxy';
import type { Proxy } from '../http/proxy';
import { DEFAULT_TIMEOUTS } from '../http/transport';

/** The proxy that the environment describes, if any; its variables and their files are read with the first call. */
export function proxyOf(environment: Pick<Environment, 'proxy'>): () => Proxy | undefined {
  let made: { readonly proxy: Proxy | undefined } | undefined;
  return () => (made ??= { proxy: createProxy(environment.proxy()) }).proxy;
}

/** The proxy that the settings describe, if any; its password is read when a connection needs it. */
function createProxy(settings: ProxySettings): Proxy | undefined {
  if (settings.mode === 'none') return undefined;
  const { protocol, host, port, caBundle, connectHeaders } = settings;
  const headers = Object.entries(connectHeaders);
  return {
    url: `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    connectHeaders: () => ({
      ...Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
      ...authorization(settings),
    }),
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(settings.mode !== 'ssl_tls'
      ? {}
      : { clientCertificate: { certificate: settings.certificate, key: () => settings.key.reveal() } }),
    connectMs: DEFAULT_TIMEOUTS.connectMs,
  };
}

function authorization(credentials: ProxyCredentials): Readonly<Record<string, string>> {
  if (credentials.mode !== 'username_password') return {};
  const { username, password } = credentials;
  return { 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}` };
}
