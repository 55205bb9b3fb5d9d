import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A real server on 127.0.0.1 for one test. */
export interface TestServer {
  /** `http://127.0.0.1:{port}` */
  readonly url: string;
  /** Requests received, oldest first. */
  readonly received: readonly IncomingMessage[];
  /** Connections that are open now. */
  readonly connections: ReadonlySet<Socket>;
}

/** Runs `work` against a server and closes it with all its connections, whatever happens. */
export async function withServer<T>(listener: RequestListener, work: (server: TestServer) => Promise<T>): Promise<T> {
  const received: IncomingMessage[] = [];
  const connections = new Set<Socket>();
  const server = http.createServer((request, response) => {
    received.push(request);
    listener(request, response);
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await work({ url: `http://127.0.0.1:${port}`, received, connections });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with a page for people. */
export function sendHtml(response: ServerResponse, status = 200, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'text/html;charset=UTF-8', ...headers })
    .end('<html><h1>Log in</h1></html>');
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('Expected a rejection.');
    },
    (error: unknown) => error,
  );
}
