import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createHttpClient, type HttpRequest } from './client';
import { UnavailableError } from './errors';
import { rejection, sendJson, withServer } from './server-fixture';

const JSON_REQUEST: HttpRequest<'json'> = { method: 'GET', path: '/x', kind: 'confluence', responseType: 'json' };
const STREAM: HttpRequest<'stream'> = { method: 'GET', path: '/x', kind: 'download', responseType: 'stream' };

describe('What is sent', () => {
  test.each([
    ['JSON', { json: { a: 'ä' } }, 'application/json', '{"a":"ä"}'],
    ['a form', { form: { a: 'b c', d: '&' } }, 'application/x-www-form-urlencoded', 'a=b+c&d=%26'],
    ['bytes', { bytes: Buffer.from('abc'), contentType: 'text/plain' }, 'text/plain', 'abc'],
    [
      'a stream',
      { stream: () => Readable.from([Buffer.from('ab'), Buffer.from('c')]), contentLength: 3, contentType: 'text/csv' },
      'text/csv',
      'abc',
    ],
  ] as const)('%s arrives with type and length', async (_name, body, contentType, expected) => {
    await withServer(
      (request, response) =>
        void buffer(request).then((body) => sendJson(response, { headers: request.headers, body: String(body) })),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const answer = await client.request({ ...JSON_REQUEST, method: 'POST', body });
        client.close();
        expect(answer.body).toMatchObject({
          body: expected,
          headers: { 'content-type': contentType, 'content-length': String(Buffer.byteLength(expected)) },
        });
      },
    );
  });

  test('a path, a query with anything in it, and a base path arrive as they are meant', async () => {
    await withServer(
      (request, response) => sendJson(response, request.url),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: `${url}/confluence` });
        const query = { cql: 'label = "ä+&" OR x', skip: undefined, n: 5 };
        const answer = await client.request({ ...JSON_REQUEST, path: '/x?y=1', query });
        client.close();
        expect(answer.body).toBe('/confluence/x?y=1&cql=label%20%3D%20%22%C3%A4%2B%26%22%20OR%20x&n=5');
      },
    );
  });

  test('a body is closed when the answer comes before its end', async () => {
    await withServer(
      (_, response) => sendJson(response, {}, 413),
      async ({ url }) => {
        const source = new Readable({ read: () => undefined });
        const body = { stream: () => source, contentLength: 100, contentType: 'text/plain' };
        const client = createHttpClient({ baseUrl: url });
        source.push('begin');
        expect(await rejection(client.request({ ...JSON_REQUEST, method: 'PUT', body }))).toMatchObject({
          status: 413,
        });
        expect(source.destroyed).toBe(true);
        client.close();
      },
    );
  });

  test('a body that fails while it is sent fails the request with its own error', async () => {
    await withServer(
      (request) => void request.resume(),
      async ({ url }) => {
        const cause = new UnavailableError('the source broke.', { method: 'GET', path: '/source' }, false);
        const stream = () =>
          Readable.from(
            (async function* () {
              yield Buffer.from('ab');
              throw cause;
            })(),
          );
        const body = { stream, contentLength: 100, contentType: 'text/plain' };
        const client = createHttpClient({ baseUrl: url });
        expect(await rejection(client.request({ ...JSON_REQUEST, method: 'PUT', body }))).toBe(cause);
        client.close();
      },
    );
  });
});

describe('What is received', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('JSON compressed with %s is read', async (encoding, compress) => {
    await withServer(
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-encoding': encoding })
          .end(compress(Buffer.from('{"a":"ü"}'))),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        expect((await client.request(JSON_REQUEST)).body).toEqual({ a: 'ü' });
        client.close();
      },
    );
  });

  test('a stream that comes compressed has no length, since the one told is another’s', async () => {
    const zipped = gzipSync(Buffer.from('hello'));
    await withServer(
      (_, response) =>
        void response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': zipped.length }).end(zipped),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const { body, headers } = await client.request(STREAM);
        expect(headers['content-length']).toBeUndefined();
        expect(String(await buffer(body))).toBe('hello');
        client.close();
      },
    );
  });

  test('a stream passes on all bytes, at the pace of its reader', async () => {
    const size = 8 * 1024 * 1024;
    await withServer(
      (_, response) => void response.writeHead(200, { 'content-length': size }).end(Buffer.alloc(size, 7)),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const { body } = await client.request(STREAM);
        await sleep(50);
        // Nobody reads yet: only what buffers hold may have been taken in.
        expect(body.readableLength).toBeLessThan(1024 * 1024);
        const bytes = await buffer(body);
        expect(bytes.equals(Buffer.alloc(size, 7))).toBe(true);
        client.close();
      },
    );
  });

  test('a stream that is cut ends with an error, even if nobody listens yet', async () => {
    await withServer(
      (request, response) =>
        void response.writeHead(200, { 'content-length': 100 }).write('ab', () => request.socket.destroy()),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const { body } = await client.request(STREAM);
        await sleep(50);
        expect(await rejection(buffer(body))).toMatchObject({ name: 'UnavailableError', answered: false, status: 200 });
        client.close();
      },
    );
  });

  test('a stream that is given up, read or not, gives its connection up', async () => {
    await withServer(
      (_, response) => void response.writeHead(200, { 'content-length': 1_000_000 }).write('ab'),
      async ({ url, connections }) => {
        const client = createHttpClient({ baseUrl: url });
        const unread = await client.request(STREAM);
        const begun = await client.request(STREAM);
        await once(begun.body, 'readable');
        expect(connections.size).toBe(2);
        unread.body.destroy();
        begun.body.destroy();
        for (let i = 0; i < 100 && connections.size > 0; i++) await sleep(10);
        expect(connections.size).toBe(0);
        client.close();
      },
    );
  });

  test('W-46 failed and dropped answers are drained and give their connection back', async () => {
    let turn = 0;
    await withServer(
      (_, response) => {
        turn += 1;
        if (turn % 2 === 0) sendJson(response, { message: 'x'.repeat(10_000) }, 400);
        else response.writeHead(201).end('x'.repeat(100_000));
      },
      async ({ url, connections }) => {
        const client = createHttpClient({ baseUrl: url });
        for (let i = 0; i < 10; i++)
          await client.request({ ...JSON_REQUEST, responseType: 'none' }).catch(() => undefined);
        expect(turn).toBe(10);
        expect(connections.size).toBe(1);
        client.close();
      },
    );
  });

  test('an endless answer to a failed request is not read on', async () => {
    await withServer(
      (request, response) => {
        response.writeHead(500);
        const more = () => response.destroyed || response.write(Buffer.alloc(64 * 1024), () => setImmediate(more));
        more();
        request.on('error', () => undefined);
      },
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        expect(await rejection(client.request(JSON_REQUEST))).toMatchObject({ status: 500 });
        client.close();
      },
    );
  });
});
