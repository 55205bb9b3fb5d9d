import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient, type HttpRequest } from './client';
import { DEFAULT_TIMEOUTS } from './transport';
import { rejection, sendJson, withServer } from './server-fixture';

const timeouts = { connectMs: 150, headersMs: 150, idleBodyMs: 150 };
const GET: HttpRequest<'json'> = { method: 'GET', path: '/x', kind: 'confluence', responseType: 'json', timeouts };
const STREAM: HttpRequest<'stream'> = { ...GET, kind: 'download', responseType: 'stream' };

describe('A request ends when a part of it takes too long', () => {
  test('B-233 which is 15 s for the connection, 30 s for the headers, and 60 s without a byte of a body', () => {
    expect(DEFAULT_TIMEOUTS).toEqual({ connectMs: 15_000, headersMs: 30_000, idleBodyMs: 60_000 });
  });

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
