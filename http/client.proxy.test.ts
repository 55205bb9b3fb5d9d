import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { createAuthority } from '../test/network/certificates';
import { type ProxyOptions, type ProxyProcess, withProxy } from '../test/network/proxy-process';
import { createHttpClient, type HttpClientOptions, type HttpRequest } from './client';
import type { Proxy } from './proxy';
import { rejection, sendJson, withServer } from './server-fixture';

const GET: HttpRequest<'json'> = { method: 'GET', path: '/x', kind: 'confluence', responseType: 'json' };
const authority = createAuthority();
const proxyCertificate = authority.issue('localhost', '127.0.0.1');

const toProxy = ({ port }: ProxyProcess, more: Partial<Proxy> = {}): Proxy => ({
  url: `http://localhost:${port}`,
  connectHeaders: () => ({}),
  connectMs: 5_000,
  ...more,
});
const overTls = (proxy: ProxyProcess, more: Partial<Proxy> = {}) =>
  toProxy(proxy, { url: `https://localhost:${proxy.port}`, caBundle: authority.cert, ...more });

/** What one request through the proxy comes to: the answer's body, or an error. */
async function through(
  options: ProxyOptions,
  proxyOf: (proxy: ProxyProcess) => Proxy,
  client: Partial<HttpClientOptions> = {},
): Promise<{ readonly outcome: unknown; readonly seen: ProxyProcess['seen']; readonly received: number }> {
  return withServer(
    (_, response) => sendJson(response, 'arrived'),
    (server) =>
      withProxy(options, async (proxy) => {
        const http = createHttpClient({ baseUrl: server.url, proxy: proxyOf(proxy), ...client });
        const outcome = await http.request(GET).then(
          ({ body }) => body,
          (error: unknown) => error,
        );
        http.close();
        return { outcome, seen: proxy.seen, received: server.received.length };
      }),
  );
}

describe('Through a proxy', () => {
  test('B-230 B-231 goes a plain request by CONNECT, whose headers the proxy sees and the target does not', async () => {
    await withServer(
      (request, response) => sendJson(response, request.headers),
      ({ url }) =>
        withProxy({}, async (proxy) => {
          const connectHeaders = () => ({ 'x-team': 'search' });
          const client = createHttpClient({
            baseUrl: url,
            proxy: toProxy(proxy, { connectHeaders }),
            authorization: async () => ({ authorization: 'Bearer token' }),
          });
          const { body } = await client.request(GET);
          expect(body).toMatchObject({ authorization: 'Bearer token' });
          expect(body).not.toHaveProperty('x-team');
          expect(proxy.seen).toMatchObject([{ target: url.replace('http://', ''), headers: { 'x-team': 'search' } }]);
          expect(proxy.seen[0]?.headers).not.toHaveProperty('authorization');
          client.close();
        }),
    );
  });

  test('keeps its tunnels for further requests, and streams long bodies both ways', async () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024, 'x');
    await withServer(
      (request, response) => void request.pipe(response.writeHead(200)),
      ({ url }) =>
        withProxy({ tls: proxyCertificate }, async (proxy) => {
          const client = createHttpClient({ baseUrl: url, proxy: overTls(proxy) });
          const echo = { ...GET, method: 'PUT', responseType: 'stream', body: { bytes, contentType: 'a/b' } } as const;
          for (let i = 0; i < 3; i++) {
            const { body } = await client.request(echo);
            expect((await buffer(body)).equals(bytes)).toBe(true);
          }
          expect(proxy.seen).toHaveLength(1);
          client.close();
        }),
    );
  });

  test('B-231 a proxy over TLS is trusted by the CA bundle, and only by that', async () => {
    const options = { tls: proxyCertificate };
    expect(await through(options, overTls)).toMatchObject({ outcome: 'arrived' });
    const stranger = createAuthority().cert;
    const { outcome, received } = await through(options, (proxy) => overTls(proxy, { caBundle: stranger }));
    expect(outcome).toMatchObject({ name: 'UnavailableError', answered: true });
    expect(String(outcome)).toContain("the proxy's certificate is not trusted");
    expect(String(outcome)).toContain('PROXY_SSL_CA_BUNDLE_PATH');
    expect(received).toBe(0);
  });

  test('B-230 B-231 a proxy that wants a certificate refuses without one, and accepts ours', async () => {
    const options = { tls: { ...proxyCertificate, ca: authority.cert } };
    const refused = await through(options, overTls);
    expect(refused).toMatchObject({ outcome: { name: 'ProxyRefusedError' }, received: 0, seen: [] });
    expect(String(refused.outcome)).toContain('PROXY_SSL_CERT_PATH');
    const { cert: certificate, key } = authority.issue('syncspace');
    const clientCertificate = { certificate, key: () => key };
    expect(await through(options, (proxy) => overTls(proxy, { clientCertificate }))).toMatchObject({
      outcome: 'arrived',
    });
  });

  test('B-230 a refused password says so and what to do, and tells no secret', async () => {
    const options = { authorization: 'Basic right' };
    const withPassword = (password: string) => (proxy: ProxyProcess) =>
      toProxy(proxy, { connectHeaders: () => ({ 'proxy-authorization': `Basic ${password}` }) });
    const tokens = {
      authorization: jest.fn(async () => 'Bearer t'),
      invalidate: jest.fn(),
      expiresAt: () => undefined,
    };
    const { outcome, received } = await through(options, withPassword('S3CRET'), { authorization: tokens });
    expect(outcome).toMatchObject({
      name: 'ProxyRefusedError',
      message: expect.stringMatching(/^GET \/x was not answered: the proxy asks for other credentials \(407\)\. Check/),
    });
    expect(inspect(outcome, { depth: 9, showHidden: true })).not.toContain('S3CRET');
    expect(received).toBe(0);
    // Another token would not help.
    expect(tokens.invalidate).not.toHaveBeenCalled();
    expect((await through(options, withPassword('right'))).outcome).toBe('arrived');
  });

  test('a target that the proxy forbids, or does not reach, is named', async () => {
    const forbidden = await through({ mode: 'forbid' }, toProxy);
    expect(forbidden.outcome).toMatchObject({ name: 'ProxyRefusedError' });
    expect(String(forbidden.outcome)).toMatch(/not let us through to 127\.0\.0\.1:\d+ \(403\)\. Allow CONNECT/);
    const unreachable = await through({ mode: 'unreachable' }, toProxy);
    expect(unreachable.outcome).toMatchObject({ name: 'UnavailableError', answered: true, code: 'PROXY_502' });
  });

  test('a proxy that is not there is told apart from a server that is not', async () => {
    const { outcome } = await through({}, (proxy) => toProxy(proxy, { url: 'http://127.0.0.1:1' }));
    expect(outcome).toMatchObject({ name: 'UnavailableError', answered: true, code: 'ECONNREFUSED' });
    expect(String(outcome)).toContain('the proxy cannot be reached');
  });

  test('B-233 W-46 a proxy that accepts and stays silent ends with the time for connections, and leaves no socket', async () => {
    const { outcome } = await through({ mode: 'silent' }, (proxy) => toProxy(proxy, { connectMs: 200 }));
    expect(outcome).toMatchObject({ name: 'UnavailableError', code: 'CONNECT_TIMEOUT', answered: true });
  });

  test('a cancelled request does not wait for the tunnel', async () => {
    const reason = new Error('cancelled by the activity');
    await withProxy({ mode: 'silent' }, async (proxy) => {
      const client = createHttpClient({ baseUrl: 'http://target.test', proxy: toProxy(proxy, { connectMs: 60_000 }) });
      const abort = new AbortController();
      const request = rejection(client.request({ ...GET, signal: abort.signal }));
      while (proxy.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      abort.abort(reason);
      expect(await request).toBe(reason);
      client.close();
    });
  });

  test('B-231 the proxy’s CA bundle does not vouch for targets behind it', async () => {
    const target = createServer(authority.issue('127.0.0.1'), (_, response) => sendJson(response, 'arrived'));
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const baseUrl = `https://127.0.0.1:${(target.address() as AddressInfo).port}`;
    const { outcome } = await through({ tls: proxyCertificate }, overTls, { baseUrl });
    expect(outcome).toMatchObject({ name: 'UnavailableError', answered: true });
    expect(String(outcome)).toContain('NODE_EXTRA_CA_CERTS');
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
  });
});
