import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBudget, createMemoryBudgetLedger } from '../http/budget';
import { createUniqueClient, type UniqueClient, type UniqueOptions } from './client';

/** A request as a test's service received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON; empty when it is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a test's service answers: JSON unless it has a `text`; `undefined` breaks the connection. */
export type ServiceAnswer =
  | {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | undefined;

/** A service on a local port, which a test scripts and then asks what it received. */
export interface TestService {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
}

/** Runs `work` against a local HTTP service and closes it with all its connections. */
export async function withService<T>(
  answer: (request: ReceivedRequest, service: TestService) => ServiceAnswer,
  work: (service: TestService) => Promise<T>,
): Promise<T> {
  const received: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks);
      const taken = { method, path: url, headers, body, json: parse(body) };
      received.push(taken);
      reply(response, answer(taken, service));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const service = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
  try {
    return await work(service);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Runs `work` with a client of a local service, inside the cluster unless `options` say otherwise. */
export function withClient<T>(
  answer: (request: ReceivedRequest, service: TestService) => ServiceAnswer,
  work: (client: UniqueClient, service: TestService) => Promise<T>,
  options: Partial<UniqueOptions> | ((url: string) => Partial<UniqueOptions>) = {},
): Promise<T> {
  return withService(answer, async (service) => {
    const client = createUniqueClient({
      auth: { mode: 'cluster_local', extraHeaders: { 'x-company-id': 'company', 'x-user-id': 'user' } },
      ingestionServiceBaseUrl: service.url,
      scopeManagementServiceBaseUrl: service.url,
      batchSize: 20,
      budget: createBudget({ requestsPerMinute: 1e6, ledger: createMemoryBudgetLedger(), target: service.url }),
      source: { kind: 'ATLASSIAN_CONFLUENCE_CLOUD', name: 'https://acme.atlassian.net' },
      storeInternally: true,
      ...(typeof options === 'function' ? options(service.url) : options),
    });
    try {
      return await work(client, service);
    } finally {
      client.close();
    }
  });
}

/** What a call that has to fail threw. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => new Error('did not fail'),
    (error: unknown) => error,
  );
  return outcome instanceof Error ? outcome : new Error(String(outcome));
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function reply(response: ServerResponse, answer: ServiceAnswer): void {
  if (answer === undefined) {
    response.destroy();
    return;
  }
  const { status = 200, headers, json, text } = answer;
  const type = text === undefined ? 'application/json' : 'text/html';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(text ?? (json === undefined ? '' : JSON.stringify(json)));
}
