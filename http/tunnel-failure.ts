import { type Exchange, type HttpError, ProxyRefusedError, UnavailableError } from './errors';
import type { TunnelError } from './tunnel-agent';

/** The typed error of a request that found no way through the proxy: certain not to have been carried out. */
export function tunnelFailure({ target, reason }: TunnelError, exchange: Exchange): HttpError {
  if ('status' in reason) return proxyAnswered(reason.status, target, exchange);
  const { code } = reason;
  if (code.includes('ALERT')) {
    const what = `the proxy asks for a certificate, or refuses ours (${code}).`;
    const remedy = 'Check PROXY_AUTH_MODE=ssl_tls, PROXY_SSL_CERT_PATH and PROXY_SSL_KEY_PATH.';
    return new ProxyRefusedError(`${what} ${remedy}`, exchange);
  }
  const [what, remedy] = isCertificate(code)
    ? [
        "the proxy's certificate is not trusted",
        'Put the certificate of its authority into the file of PROXY_SSL_CA_BUNDLE_PATH.',
      ]
    : ['the proxy cannot be reached', 'Check PROXY_HOST, PROXY_PORT and PROXY_PROTOCOL, and whether the proxy runs.'];
  return new UnavailableError(`${what} (${code}). ${remedy} It is tried again.`, exchange, true, code);
}

/** Whether a code of Node or OpenSSL means that a certificate was not accepted by us. */
export function isCertificate(code: string): boolean {
  return /CERT|VERIFY|SIGNATURE|ALTNAME/.test(code);
}

function proxyAnswered(status: number, target: string, exchange: Exchange): HttpError {
  if (status === 407) {
    const what = 'the proxy asks for other credentials (407).';
    const remedy = 'Check PROXY_AUTH_MODE, and the user and password or the certificate that belong to it.';
    return new ProxyRefusedError(`${what} ${remedy}`, exchange);
  }
  if (status >= 400 && status < 500) {
    const what = `the proxy does not let us through to ${target} (${status}).`;
    return new ProxyRefusedError(`${what} Allow CONNECT to it in the proxy's rules, or check PROXY_HOST.`, exchange);
  }
  const what = `the proxy could not reach ${target} (${status}). It is tried again; if that lasts, look at the proxy.`;
  return new UnavailableError(what, exchange, true, `PROXY_${status}`);
}
