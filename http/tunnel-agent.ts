import { once } from 'node:events';
import type { AgentOptions, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Proxy } from './proxy';
import { TimeoutError } from './transport';

/** Why no tunnel came about. The target has seen nothing, because nothing is sent before the tunnel stands. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';

  /**
   * @param target `host:port`
   * @param reason the status with which the proxy refused, or the code of what went wrong on the way to it
   */
  constructor(
    readonly target: string,
    readonly reason: { readonly status: number } | { readonly code: string },
  ) {
    super(`no tunnel to ${target}`);
  }
}

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/**
 * Kept-alive connections through a proxy, by CONNECT for plain HTTP, too: so the proxy sees hosts, and neither paths nor
 * tokens.
 *
 * The library bounds nothing: a proxy that accepts and stays silent would hold a request, and its socket, for ever. It
 * also passes a refusal off as the target's own answer. Both end here, as a {@link TimeoutError} or {@link TunnelError}.
 */
export class TunnelAgent extends HttpsProxyAgent<string> {
  private readonly connectMs: number;
  private readonly toProxy: HttpsProxyAgent<string>['connectOpts'];
  private readonly underWay = new Set<AbortController>();

  constructor({ url, connectHeaders, caBundle, clientCertificate, connectMs }: Proxy, options: AgentOptions) {
    super(url, {
      ...options,
      headers: () => ({ ...connectHeaders() }),
      ...(caBundle === undefined ? {} : { ca: [...rootCertificates, caBundle] }),
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key() }),
    });
    this.connectMs = connectMs;
    this.toProxy = this.connectOpts;
    // The library drops it, and connections that rest would be used until the other side had closed them.
    Object.assign(this.options, { timeout: options.timeout });
  }

  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    const target = `${options.host ?? ''}:${options.port ?? ''}`;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new TimeoutError('CONNECT_TIMEOUT', this.connectMs)), this.connectMs);
    this.underWay.add(abort);
    try {
      const tunnel = await this.openTunnel(request, options, target, abort.signal);
      // Else it is the proxy's own TLS, which stands.
      if (options.secureEndpoint) await once(tunnel, 'secureConnect', { signal: abort.signal });
      return tunnel;
    } catch (error) {
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      clearTimeout(timer);
      this.underWay.delete(abort);
    }
  }

  override destroy(): void {
    for (const abort of this.underWay) abort.abort(new TunnelError('closed', { code: 'CLIENT_CLOSED' }));
    super.destroy();
  }

  private async openTunnel(
    request: ClientRequest,
    options: ConnectOptions,
    target: string,
    signal: AbortSignal,
  ): Promise<Socket> {
    let status = 0;
    request.once('proxyConnect', (answer: { readonly statusCode: number }) => (status = answer.statusCode));
    try {
      // Read before the first `await` of the call: the signal is this connection's alone.
      this.connectOpts = { ...this.toProxy, signal };
      const tunnel = await super.connect(request, options);
      if (status === 200) return tunnel;
      tunnel.destroy();
    } catch (cause) {
      throw new TunnelError(target, { code: codeOf(cause) });
    }
    throw new TunnelError(target, { status });
  }
}

function codeOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  // Newer versions of OpenSSL name an alert `ERR_SSL_SSL/TLS_ALERT_…`.
  return typeof code === 'string' && /^[\w/]{1,60}$/.test(code) ? code : 'PROXY_CLOSED';
}
