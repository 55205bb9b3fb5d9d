import axios, { type AxiosInstance } from 'axios';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { Proxy } from './proxy';
import { createTransport, type Timeouts } from './transport';
import { TunnelAgent } from './tunnel-agent';

/** Enough for the transfers of one target in flight at once; the budget and the slices' concurrency bound them before. */
const MAX_SOCKETS = 128;
/** Shorter than servers keep idle connections, lest a request is sent into one that is being closed. */
const IDLE_SOCKET_MS = 15_000;

/** A request as it goes over the wire. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data?: Buffer | Readable;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts: Timeouts;
  /** Not sent when its connection stands only after that; milliseconds since the epoch. */
  readonly sendBefore?: number | undefined;
}

/** What came back, whatever its status; the body, decompressed, waits to be read. */
export interface Answer {
  readonly status: number;
  /** As received, but without the length of a body that was compressed: it is not the body's. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** The kept-alive connections of one client. */
export interface Connections {
  /**
   * Sends one request; never follows a redirect, nor the variables by which other programs find a proxy.
   *
   * @throws the cause as Node, axios or the request's own body gives it; with secrets in it, so it goes no further
   */
  send(request: OutgoingRequest): Promise<Answer>;
  close(): void;
}

/** Opens connections as they are needed, all of them through the proxy if there is one. */
export function createConnections(proxy?: Proxy): Connections {
  const { httpAgent, httpsAgent } = createAgents(proxy);
  const client: AxiosInstance = axios.create({
    adapter: 'http',
    httpAgent,
    httpsAgent,
    // Else axios obeys HTTP_PROXY of the environment, and the configured proxy would be bypassed.
    proxy: false,
    maxRedirects: 0,
    maxBodyLength: Infinity,
    responseType: 'stream',
    validateStatus: null,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
  });
  return {
    async send({ timeouts, sendBefore, signal, ...request }) {
      let headers: IncomingHttpHeaders = {};
      const onAnswer = (answer: http.IncomingMessage) => {
        headers = { ...answer.headers };
        if (headers['content-encoding'] !== undefined) delete headers['content-length'];
      };
      const transport = createTransport(timeouts, onAnswer, sendBefore);
      const { status, data } = await client.request<Readable>({ ...request, ...(signal && { signal }), transport });
      return { status, headers, body: data };
    },
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

function createAgents(proxy: Proxy | undefined): { readonly httpAgent: http.Agent; readonly httpsAgent: http.Agent } {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_SOCKET_MS };
  if (proxy === undefined) return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
  const tunnels = new TunnelAgent(proxy, options);
  return { httpAgent: tunnels, httpsAgent: tunnels };
}
