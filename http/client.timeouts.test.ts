import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient, type HttpRequest } from './client';
import { rejection, sendJson, withServer } from './server-fixture';

const timeouts = { connectMs: 150, headersMs: 150, idleBodyMs: 150 };
const GET: HttpRequest<'json'> = { method: 'GET', path: '/x', kind: 'confluence', responseType: 'json', timeouts };
const STREAM: HttpRequest<'stream'> = { ...GET, kind: 'download', responseType: 'stream' };

describe('A request ends when a part of it takes too long', () => {
  test('the connection', async () => {
    // Accepts, and never begins TLS.
    const silent = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const client = createHttpClient({ baseUrl: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    expect(await rejection(client.request(GET))).toMatchObject({
      name: 'UnavailableError',
      code: 'CONNECT_TIMEOUT',
      answered: true,
    });
    client.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  test('the headers', async () => {
    await withServer(
      () => undefined,
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        expect(await rejection(client.request(GET))).toMatchObject({
          name: 'UnavailableError',
          code: 'HEADERS_TIMEOUT',
          answered: false,
        });
        client.close();
      },
    );
  });

  test('the middle of JSON', async () => {
    await withServer(
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        expect(await rejection(client.request(GET))).toMatchObject({
          name: 'UnavailableError',
          code: 'IDLE_TIMEOUT',
          status: 200,
        });
        client.close();
      },
    );
  });

  test('the middle of a stream', async () => {
    await withServer(
      (_, response) => void response.writeHead(200).write('ab'),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const { body } = await client.request(STREAM);
        expect(await rejection(buffer(body))).toMatchObject({ name: 'UnavailableError', code: 'IDLE_TIMEOUT' });
        client.close();
      },
    );
  });

  test('a body that nobody takes', async () => {
    await withServer(
      (request) => void request.pause(),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const stream = () => Readable.from(Array.from({ length: 500 }, () => Buffer.alloc(64 * 1024)));
        const body = { stream, contentLength: 500 * 64 * 1024, contentType: 'text/plain' };
        expect(await rejection(client.request({ ...GET, method: 'PUT', body }))).toMatchObject({
          name: 'UnavailableError',
          code: 'IDLE_TIMEOUT',
        });
        client.close();
      },
    );
  });
});

describe('Without time-outs of its own', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] }));
  afterEach(() => jest.useRealTimers());

  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const until = async (holds: () => boolean) => {
    while (!holds()) await turn();
  };
  /** Moves the clock just before the end of a time-out, then to it; returns how the request ended. */
  async function endAfter(ms: number, request: Promise<unknown>): Promise<unknown> {
    let end: unknown;
    request.catch((error: unknown) => (end = error));
    jest.advanceTimersByTime(ms - 1);
    for (let turns = 0; turns < 100; turns++) await turn();
    expect(end).toBeUndefined();
    jest.advanceTimersByTime(1);
    await until(() => end !== undefined);
    return end;
  }

  test('B-233 a connection may take 15 s', async () => {
    let accepted = 0;
    const silent = createServer((socket) => void ((accepted += 1), socket.resume()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const client = createHttpClient({ baseUrl: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const request = client.request({ ...GET, timeouts: {} });
    await until(() => accepted === 1);
    expect(await endAfter(15_000, request)).toMatchObject({ code: 'CONNECT_TIMEOUT' });
    client.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  test('B-233 headers may take 30 s', async () => {
    await withServer(
      () => undefined,
      async ({ url, received }) => {
        const client = createHttpClient({ baseUrl: url });
        const request = client.request({ ...GET, timeouts: {} });
        await until(() => received.length === 1);
        expect(await endAfter(30_000, request)).toMatchObject({ code: 'HEADERS_TIMEOUT' });
        client.close();
      },
    );
  });

  test('B-233 W-46 a body may stand still for 60 s, however long it takes as a whole', async () => {
    let more = (): unknown => undefined;
    await withServer(
      (_, response) => void (more = () => response.write('x'))(),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const { body } = await client.request({ ...STREAM, timeouts: {} });
        let bytes = 0;
        body.on('data', (chunk: Buffer) => (bytes += chunk.length));
        const request = new Promise((_, reject) => body.once('error', reject));
        await until(() => bytes === 1);
        jest.advanceTimersByTime(59_999);
        more();
        await until(() => bytes === 2);
        expect(await endAfter(60_000, request)).toMatchObject({ code: 'IDLE_TIMEOUT' });
        client.close();
      },
    );
  });
});

test('B-233 closing a client ends its connections, those at rest and those at work', async () => {
  await withServer(
    (request, response) => (request.url === '/silent' ? undefined : sendJson(response, 1)),
    async ({ url, connections, received }) => {
      const client = createHttpClient({ baseUrl: url });
      await Promise.all([client.request(GET), client.request(GET)]);
      const underWay = rejection(client.request({ ...GET, path: '/silent', timeouts: {} }));
      while (received.length < 3) await sleep(5);
      expect(connections.size).toBe(2);
      client.close();
      expect(await underWay).toMatchObject({ name: 'UnavailableError', answered: false });
      while (connections.size > 0) await sleep(5);
    },
  );
});

describe('A request may take long as long as it moves', () => {
  // Wide enough for a busy machine: a time-out that counted the whole would still end these requests.
  const patient = { connectMs: 1_000, headersMs: 1_000, idleBodyMs: 1_000 };

  test('W-46 a slow download', async () => {
    await withServer(
      (_, response) => {
        response.writeHead(200);
        let sent = 0;
        const timer = setInterval(() => {
          response.write('x');
          if (++sent < 8) return;
          clearInterval(timer);
          response.end();
        }, 200);
      },
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const { body } = await client.request({ ...STREAM, timeouts: patient });
        expect(await buffer(body)).toHaveLength(8);
        client.close();
      },
    );
  });

  test('a slow reader of a fast download', async () => {
    const size = 2 * 1024 * 1024;
    await withServer(
      (_, response) => void response.end(Buffer.alloc(size)),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const { body } = await client.request({ ...STREAM, timeouts: patient });
        await sleep(1_500);
        expect(await buffer(body)).toHaveLength(size);
        client.close();
      },
    );
  });

  test('W-46 a slow upload', async () => {
    await withServer(
      (request, response) => void buffer(request).then(({ length }) => sendJson(response, length)),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const stream = () =>
          Readable.from(
            (async function* () {
              for (let i = 0; i < 8; i++) {
                yield Buffer.from('x');
                await sleep(200);
              }
            })(),
          );
        const { body } = await client.request({
          ...GET,
          timeouts: patient,
          method: 'PUT',
          body: { stream, contentLength: 8, contentType: 'text/plain' },
        });
        expect(body).toBe(8);
        client.close();
      },
    );
  });

  test('a second request on a kept connection that had rested', async () => {
    await withServer(
      (_, response) => sendJson(response, 'ok'),
      async ({ url, connections }) => {
        const client = createHttpClient({ baseUrl: url });
        await client.request({ ...GET, timeouts: patient });
        await sleep(1_300);
        expect((await client.request({ ...GET, timeouts: patient })).body).toBe('ok');
        expect(connections.size).toBe(1);
        client.close();
      },
    );
  });
});

describe('An abort reaches the socket and is thrown as it is', () => {
  const reason = new Error('cancelled by the activity');

  test.each([
    ['before it is sent', 'json', 0],
    ['while it waits for the answer', 'json', 50],
  ] as const)('%s', async (_name, _type, afterMs) => {
    await withServer(
      () => undefined,
      async ({ url, connections }) => {
        const abort = new AbortController();
        const client = createHttpClient({ baseUrl: url });
        const request = rejection(client.request({ ...GET, timeouts: {}, signal: abort.signal }));
        await sleep(afterMs);
        abort.abort(reason);
        expect(await request).toBe(reason);
        await sleep(30);
        expect(connections.size).toBe(0);
      },
    );
  });

  test.each(['json', 'stream'] as const)('in the middle of %s', async (responseType) => {
    await withServer(
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
      async ({ url, connections }) => {
        const abort = new AbortController();
        const client = createHttpClient({ baseUrl: url });
        const read = async () => {
          const { body } = await client.request({ ...GET, timeouts: {}, responseType, signal: abort.signal });
          return buffer(body as Readable);
        };
        const failed = rejection(read());
        await sleep(50);
        abort.abort(reason);
        expect(await failed).toBe(reason);
        await sleep(30);
        expect(connections.size).toBe(0);
      },
    );
  });

  test('leaves no listeners on a signal that lives on', async () => {
    await withServer(
      (_, response) => sendJson(response, 1),
      async ({ url }) => {
        const { signal } = new AbortController();
        const client = createHttpClient({ baseUrl: url });
        let listening = 0;
        const { addEventListener, removeEventListener } = signal;
        signal.addEventListener = (...args: Parameters<typeof addEventListener>) => (
          (listening += 1),
          addEventListener.apply(signal, args)
        );
        signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => (
          (listening -= 1),
          removeEventListener.apply(signal, args)
        );
        for (let i = 0; i < 20; i++) await client.request({ ...GET, signal });
        expect(listening).toBe(0);
        client.close();
      },
    );
  });
});
