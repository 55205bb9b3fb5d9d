import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { countRequests } from '../http/request-counts';
import { ForbiddenScopeError, RateLimitedError, UnauthorizedError, UnavailableError } from '../http/errors';
import type { UniqueClient, UniqueOptions } from './client';
import { BodyLengthError, UploadRefusedError, WriteUrlError } from './errors';
import { failureOf, type ReceivedRequest, type ServiceAnswer, withClient } from './test-service';

const external = (url: string): Partial<UniqueOptions> => ({
  auth: {
    mode: 'external',
    oauthTokenUrl: `${url}/token`,
    projectId: () => '1',
    clientId: 'c',
    clientSecret: () => 's',
  },
});
const CREATED: ServiceAnswer = { status: 201, json: undefined };

function upload(
  client: UniqueClient,
  writeUrl: string,
  body: Buffer | Readable,
  byteSize: number,
  signal?: AbortSignal,
) {
  return client.upload({ writeUrl, mimeType: 'application/pdf', byteSize, body, signal });
}

function withStorage(
  answer: (request: ReceivedRequest) => ServiceAnswer,
  work: (client: UniqueClient, url: string, received: readonly ReceivedRequest[]) => Promise<void>,
) {
  return withClient(
    answer,
    (client, { url, received }) => work(client, `${url}/blob/f1?sig=s3cr3t&key=f1`, received),
    external,
  );
}

describe('an upload from outside the cluster', () => {
  it('B-151 B-152 goes to the write URL as it is, with everything that Azure wants and without our token', async () => {
    await withStorage(
      () => CREATED,
      async (client, writeUrl, received) => {
        await upload(client, writeUrl, Buffer.from('12345'), 5);
        expect(received).toHaveLength(1);
        const [{ method, path, headers, body }] = received as [ReceivedRequest];
        expect([method, path, body.toString()]).toEqual(['PUT', '/blob/f1?sig=s3cr3t&key=f1', '12345']);
        expect(headers).toMatchObject({
          'content-type': 'application/pdf',
          'content-length': '5',
          'x-ms-blob-type': 'BlockBlob',
        });
        expect(headers).not.toHaveProperty('authorization');
        expect(headers).not.toHaveProperty('transfer-encoding');
      },
    );
  });

  it('counts as an upload and nothing else', async () => {
    await withStorage(
      () => CREATED,
      async (client, writeUrl) => {
        const counts = await countRequests(async (counts) => {
          await upload(client, writeUrl, Buffer.from('12345'), 5);
          return counts();
        });
        expect(counts).toEqual({ confluence: 0, unique: 0, downloads: 0, uploads: 1 });
      },
    );
  });

  test.each([
    ['an expired URL', { status: 403, text: '<Error>AuthenticationFailed</Error>' }, UploadRefusedError],
    ['a URL of nothing', { status: 404, json: {} }, UploadRefusedError],
    ['a file that is too large', { status: 413, json: {} }, UploadRefusedError],
    ['a storage that is busy', { status: 503, headers: { 'retry-after': '3' }, json: {} }, RateLimitedError],
    ['a storage that does not work', { status: 500, json: {} }, UnavailableError],
    ['a login page', { text: '<html>Sign in</html>' }, UnauthorizedError],
    ['a connection that breaks', undefined, UnavailableError],
  ] as const)('fails at %s and never tells the URL', async (_, answer, type) => {
    await withStorage(
      () => answer,
      async (client, writeUrl) => {
        const body = Readable.from([Buffer.from('12345')]);
        const error = await failureOf(upload(client, writeUrl, body, 5));
        expect(error).toBeInstanceOf(type);
        expect(JSON.stringify([error.message, error, error.stack])).not.toMatch(/s3cr3t|blob|127\.0/);
        expect(body.destroyed).toBe(true);
      },
    );
  });

  it('fails at a write URL that is none', async () => {
    await withStorage(
      () => CREATED,
      async (client, _, received) => {
        expect(await failureOf(upload(client, 'file:///etc/passwd', Buffer.from(''), 0))).toBeInstanceOf(WriteUrlError);
        expect(await failureOf(upload(client, 'nonsense', Buffer.from(''), 0))).toBeInstanceOf(WriteUrlError);
        expect(received).toHaveLength(0);
      },
    );
  });
});

describe('an upload inside the cluster', () => {
  it('B-152 goes through the ingestion service, under the key of the write URL, as our service user', async () => {
    await withClient(
      () => CREATED,
      async (client, { url, received }) => {
        const key = 'a b/ü&c=1';
        await upload(
          client,
          `https://unreachable.invalid/x?key=${encodeURIComponent(key)}&sig=1`,
          Buffer.from('12'),
          2,
        );
        expect(received[0]?.headers).toMatchObject({ 'x-service-id': 'confluence-connector', 'x-user-id': 'user' });
        expect(new URL(received[0]?.path ?? '', url).searchParams.get('key')).toBe(key);
        expect(received[0]?.path).toBe('/scoped/upload?key=a%20b%2F%C3%BC%26c%3D1');
      },
    );
  });

  test.each(['https://blob.invalid/x?sig=s3cr3t', 'https://blob.invalid/x?key=&sig=s3cr3t'])(
    'B-152 fails without a key, and sends nothing',
    async (writeUrl) => {
      await withClient(
        () => CREATED,
        async (client, { received }) => {
          const error = await failureOf(upload(client, writeUrl, Buffer.from('12'), 2));
          expect(error).toBeInstanceOf(WriteUrlError);
          expect(error.message).not.toMatch(/s3cr3t|blob/);
          expect(received).toHaveLength(0);
        },
      );
    },
  );

  it('says that the service user lacks a permission', async () => {
    await withClient(
      () => ({ status: 403, json: {} }),
      async (client) => {
        const error = await failureOf(upload(client, 'https://blob.invalid/x?key=1', Buffer.from('12'), 2));
        expect(error).toBeInstanceOf(ForbiddenScopeError);
      },
    );
  });
});

/** A storage that keeps only bodies of the length that was announced, like the real ones. */
async function withRealStorage(work: (stored: Map<string, string>, url: string, server: Server) => Promise<void>) {
  const stored = new Map<string, string>();
  const server = createServer((request, response) => {
    const hash = createHash('sha256');
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => hash.update(chunk));
    request.on('end', () => {
      stored.set(request.url ?? '', hash.digest('hex'));
      response.writeHead(201).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(stored, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a streamed upload', () => {
  const megabyte = Buffer.alloc(1024 * 1024, 7);
  const stream = (...chunks: Buffer[]) => Readable.from(chunks);
  /** Gives the last chunk when everything before it had time to arrive. */
  const lateStream = (...chunks: Buffer[]) =>
    Readable.from(
      (async function* () {
        yield* chunks.slice(0, -1);
        await sleep(50);
        yield* chunks.slice(-1);
      })(),
    );
  const run = (work: (client: UniqueClient, url: string, stored: Map<string, string>) => Promise<void>) =>
    withRealStorage((stored, url) =>
      withClient(
        () => CREATED,
        (client) => work(client, `${url}/f?sig=1`, stored),
        external,
      ),
    );

  it('arrives byte by byte', async () => {
    await run(async (client, url, stored) => {
      await upload(
        client,
        url,
        stream(megabyte, megabyte, Buffer.alloc(0), Buffer.from('end')),
        2 * megabyte.length + 3,
      );
      const expected = createHash('sha256').update(megabyte).update(megabyte).update('end').digest('hex');
      expect(stored.get('/f?sig=1')).toBe(expected);
    });
  });

  it('may be empty', async () => {
    await run(async (client, url, stored) => {
      await upload(client, url, stream(), 0);
      expect(stored.size).toBe(1);
    });
  });

  test.each([
    ['ends early', () => stream(megabyte), megabyte.length + 1],
    ['ends late', () => lateStream(megabyte, Buffer.from('x')), megabyte.length],
    ['ends late after an empty chunk', () => lateStream(megabyte, Buffer.alloc(0), Buffer.from('x')), megabyte.length],
    ['is not empty as announced', () => lateStream(Buffer.from('x')), 0],
    ['is a buffer of another length', () => Buffer.from('xy'), 3],
  ])('B-155 W-46 is not stored when the source %s', async (_, make, byteSize) => {
    const body = make();
    await run(async (client, url, stored) => {
      const error = await failureOf(upload(client, url, body, byteSize));
      expect(error).toBeInstanceOf(BodyLengthError);
      expect(error).toMatchObject({ announcedBytes: byteSize });
      await sleep(50);
      expect(stored.size).toBe(0);
      if (body instanceof Readable) expect(body.destroyed).toBe(true);
    });
  });

  it('fails with the error of its source, and is not stored', async () => {
    await run(async (client, url, stored) => {
      const broken = new UnavailableError('cut', { method: 'GET', path: '/download' }, false);
      const source = Readable.from(
        (async function* () {
          yield megabyte;
          throw broken;
        })(),
      );
      expect(await failureOf(upload(client, url, source, 2 * megabyte.length))).toBe(broken);
      await sleep(50);
      expect(stored.size).toBe(0);
    });
  });

  it('closes its source when the caller gives up in the middle', async () => {
    await run(async (client, url, stored) => {
      const source = new Readable({ read: () => undefined });
      source.push(megabyte);
      const reason = new Error('paused');
      const giveUp = new AbortController();
      const uploading = failureOf(upload(client, url, source, 2 * megabyte.length, giveUp.signal));
      await sleep(30);
      giveUp.abort(reason);
      expect(await uploading).toBe(reason);
      expect(source.destroyed).toBe(true);
      expect(stored.size).toBe(0);
    });
  });

  it('keeps few bytes in memory, however long it is', async () => {
    await run(async (client, url, stored) => {
      const before = process.memoryUsage.rss();
      let highest = before;
      const watching = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 5);
      const source = Readable.from(
        (function* () {
          for (let n = 0; n < 256; n += 1) yield Buffer.from(megabyte);
        })(),
      );
      await upload(client, url, source, 256 * megabyte.length);
      clearInterval(watching);
      expect(stored.size).toBe(1);
      expect(highest - before).toBeLessThan(120 * megabyte.length);
    });
  });
});
