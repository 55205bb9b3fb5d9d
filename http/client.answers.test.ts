import fc from 'fast-check';
import { createHttpClient, type HttpRequest } from './client';
import {
  HttpError,
  NotFoundError,
  RateLimitedError,
  RequestRefusedError,
  ResponseShapeError,
  UnauthorizedError,
  UnavailableError,
} from './errors';
import { rejection, sendHtml, sendJson, withServer } from './server-fixture';
import { inspect } from 'node:util';
import type { RequestListener } from 'node:http';

const GET: HttpRequest<'json'> = { method: 'GET', path: '/things/7', kind: 'confluence', responseType: 'json' };

/** The error of one request to a server that answers so. */
async function errorOf(listener: RequestListener, request: Partial<HttpRequest<'json'>> = {}): Promise<HttpError> {
  return withServer(listener, async ({ url }) => {
    const client = createHttpClient({ baseUrl: url });
    const error = await rejection(client.request({ ...GET, ...request }));
    client.close();
    if (!(error instanceof HttpError)) throw error;
    return error;
  });
}

describe('A failed answer becomes the error that says who can help', () => {
  const cases: readonly [
    string,
    RequestListener,
    new (...args: never[]) => HttpError,
    Partial<HttpError> & Record<string, unknown>,
  ][] = [
    ['429', (_, r) => sendJson(r, {}, 429, { 'retry-after': '3' }), RateLimitedError, { retryAfterMs: 3_000 }],
    [
      '429 as a web page',
      (_, r) => sendHtml(r, 429, { 'retry-after': '3' }),
      RateLimitedError,
      { retryAfterMs: 3_000 },
    ],
    [
      '429 that does not say how long',
      (_, r) => void r.writeHead(429).end(),
      RateLimitedError,
      { retryAfterMs: 5_000 },
    ],
    [
      '429 with zero',
      (_, r) => void r.writeHead(429, { 'retry-after': '0' }).end(),
      RateLimitedError,
      { retryAfterMs: 5_000 },
    ],
    ['503 with a time', (_, r) => sendHtml(r, 503, { 'retry-after': '9' }), RateLimitedError, { retryAfterMs: 9_000 }],
    ['503', (_, r) => sendHtml(r, 503), UnavailableError, { status: 503, answered: true }],
    ['500', (_, r) => sendJson(r, {}, 500), UnavailableError, { status: 500, answered: true }],
    ['502 of a gateway', (_, r) => sendHtml(r, 502), UnavailableError, { status: 502, answered: false }],
    ['504 of a gateway', (_, r) => sendHtml(r, 504), UnavailableError, { status: 504, answered: false }],
    ['401', (_, r) => sendHtml(r, 401), UnauthorizedError, { status: 401 }],
    ['a login page with 200', (_, r) => sendHtml(r), UnauthorizedError, { status: 200 }],
    [
      'a redirect to a login',
      (_, r) => void r.writeHead(302, { location: 'https://sso.example/login?to=1' }).end(),
      UnauthorizedError,
      {},
    ],
    ['a redirect to nowhere', (_, r) => void r.writeHead(302).end(), UnauthorizedError, { status: 302 }],
    [
      'a redirect of a moved server',
      (_, r) => void r.writeHead(301, { location: 'https://new.example/things/7' }).end(),
      RequestRefusedError,
      {},
    ],
    ['404', (_, r) => sendJson(r, { message: 'nothing here' }, 404), NotFoundError, { certain: false }],
    ['400', (_, r) => sendJson(r, { message: 'limit is too high' }, 400), RequestRefusedError, { status: 400 }],
    ['413', (_, r) => void r.writeHead(413).end(), RequestRefusedError, { status: 413 }],
    [
      'text with 200',
      (_, r) => void r.writeHead(200, { 'content-type': 'text/plain' }).end('x'),
      ResponseShapeError,
      {},
    ],
    ['no type with 200', (_, r) => void r.end('{}'), ResponseShapeError, {}],
    [
      'half JSON',
      (_, r) => void r.writeHead(200, { 'content-type': 'application/json' }).end('{"a":'),
      ResponseShapeError,
      {},
    ],
    [
      'an empty 200',
      (_, r) => void r.writeHead(200, { 'content-type': 'application/json' }).end(),
      ResponseShapeError,
      {},
    ],
    ['a closed connection', (q) => void q.socket.destroy(), UnavailableError, { answered: false }],
    [
      'a cut body',
      (q, r) =>
        void r
          .writeHead(200, { 'content-type': 'application/json', 'content-length': '99' })
          .write('{"a"', () => q.socket.destroy()),
      UnavailableError,
      { answered: false, status: 200 },
    ],
  ];
  test.each(cases)('%s', async (_name, listener, errorClass, fields) => {
    const error = await errorOf(listener);
    expect(error).toBeInstanceOf(errorClass);
    expect(error.name).toBe(errorClass.name);
    expect(error).toMatchObject({ method: 'GET', path: '/things/7', ...fields });
  });

  test('a refused connection is known not to have done anything', async () => {
    const url = await withServer(
      () => undefined,
      async (server) => server.url,
    );
    const error = await rejection(createHttpClient({ baseUrl: url }).request(GET));
    expect(error).toMatchObject({ name: 'UnavailableError', answered: true, code: 'ECONNREFUSED' });
    expect(String(error)).toContain('/things/7 was not answered: nothing accepts connections there');
  });

  test('a token endpoint’s refusal is a matter of the credential', async () => {
    const error = await errorOf((_, r) => sendJson(r, { error: 'invalid_client' }, 400), { kind: 'token' });
    expect(error).toBeInstanceOf(UnauthorizedError);
    expect(error.message).toContain('it says: invalid_client');
  });

  test('a short reason in JSON is quoted, an address in it is not', async () => {
    const reason = 'Cannot read https://media.example/f?token=SECRET now.';
    const error = await errorOf((_, r) => sendJson(r, { errors: [{ title: reason }] }, 400));
    expect(error.message).toBe(
      'GET /things/7 answered 400: the server refuses the request (it says: Cannot read (address) now).',
    );
  });
});

describe('An error tells no secrets', () => {
  const secret = 'S3CRET';
  const request = {
    ...GET,
    path: `/things/7?token=${secret}#${secret}`,
    query: { signature: secret },
    headers: { 'x-key': secret },
    body: { json: { title: secret } },
    method: 'POST',
  } as const;
  const bodies: readonly [string, RequestListener][] = [
    ['a refusal', (_, r) => sendJson(r, { stack: secret, message: 'x'.repeat(300) + secret }, 400)],
    ['a web page', (_, r) => void r.writeHead(500, { 'content-type': 'text/html' }).end(secret)],
    ['a redirect', (_, r) => void r.writeHead(302, { location: `https://x.example/?t=${secret}` }).end()],
    ['JSON that is none', (_, r) => void r.writeHead(200, { 'content-type': 'application/json' }).end(`{${secret}`)],
    ['a protocol error', (q) => void q.socket.end(`HTTP/1.1 2x0 ${secret}\r\n\r\n`)],
    ['a broken connection', (q) => void q.socket.destroy()],
  ];
  test.each(bodies)('%s', async (_name, listener) => {
    await withServer(listener, async ({ url }) => {
      const authorization = async () => ({ authorization: `Bearer ${secret}` });
      const error = await rejection(createHttpClient({ baseUrl: url, authorization }).request(request));
      expect(error).toBeInstanceOf(HttpError);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
      expect(error).toMatchObject({ path: '/things/7' });
    });
  });
});

test('any status with any headers and body gives a result or one of our errors', async () => {
  let answer = { status: 200, headers: {}, body: '' };
  const listener: RequestListener = (_, response) =>
    void response.writeHead(answer.status, answer.headers).end(answer.body);
  await withServer(listener, async ({ url }) => {
    const client = createHttpClient({ baseUrl: url });
    const header = fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, ''));
    const anyAnswer = fc.record({
      status: fc.oneof(
        fc.constantFrom(200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 410, 429, 500, 503),
        fc.integer({ min: 200, max: 599 }),
      ),
      headers: fc.record(
        {
          'content-type': fc.oneof(
            fc.constantFrom('application/json', 'text/html', 'application/problem+json'),
            header,
          ),
          location: header,
          'retry-after': header,
          'x-ratelimit-reset': header,
        },
        { requiredKeys: [] },
      ),
      body: fc.oneof(fc.json(), fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(anyAnswer, async (next) => {
        answer = next;
        const outcome = await client.request(GET).then(
          () => 'result',
          (error: unknown) => error,
        );
        expect(outcome === 'result' || outcome instanceof HttpError).toBe(true);
      }),
      { numRuns: 400 },
    );
    client.close();
  });
});
