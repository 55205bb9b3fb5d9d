import type { ServerResponse } from 'node:http';
import type { HttpError } from '../http/errors';
import { countRequests } from '../http/request-counts';
import { rejection, sendHtml, sendJson, withServer } from '../http/server-fixture';
import type { ConfluenceClient } from './client';
import { dataCenterClient, listing, searchRow } from './client-fixture';

const page = (id: string) => searchRow(id, { body: { storage: { value: `<p>${id}</p>` } } });
const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));

/** A site that answers each read by the ids asked for; `requested` holds them. */
async function withSite<T>(
  answer: (ids: readonly string[], response: ServerResponse) => unknown,
  work: (client: ConfluenceClient, requested: readonly (readonly string[])[]) => Promise<T>,
): Promise<T> {
  const requested: string[][] = [];
  return withServer(
    (request, response) => {
      const cql = new URL(request.url ?? '', 'http://x').searchParams.get('cql') ?? '';
      const ids = (/^id IN \(([\d,]+)\)$/.exec(cql)?.[1] ?? '').split(',');
      requested.push(ids);
      answer(ids, response);
    },
    async ({ url }) => {
      const client = dataCenterClient(url);
      try {
        return await work(client, requested);
      } finally {
        client.close();
      }
    },
  );
}

/** Reads, and notes which pages could not be read. */
async function read(client: ConfluenceClient, ids: readonly string[]) {
  const unreadable = new Map<string, HttpError>();
  const pages = await client.readPages(ids, undefined, (id, error) => unreadable.set(id, error));
  return { ids: pages.map(({ id }) => id).sort((a, b) => Number(a) - Number(b)), unreadable };
}

describe('Pages are read with their bodies', () => {
  test('B-050 W-36 fifty a request', async () => {
    await withSite(
      (ids, response) => sendJson(response, listing(ids.map(page))),
      async (client, requested) => {
        const { ids } = await read(client, numbers(120));
        expect(ids).toEqual(numbers(120));
        expect(requested.map(({ length }) => length).sort()).toEqual([20, 50, 50]);
      },
    );
  });

  test('B-052 without those that are not found, and each once', async () => {
    await withSite(
      (_, response) => sendJson(response, listing([page('1'), page('1'), page('99')])),
      async (client) => {
        expect(await client.readPages(['1', '2'])).toEqual([
          {
            id: '1',
            title: 'Page 1',
            space: { id: '98306', key: 'ENG', name: 'Engineering', type: 'global' },
            version: 3,
            updatedAt: '2026-02-17T09:08:30.734Z',
            labels: ['one'],
            body: '<p>1</p>',
          },
        ]);
      },
    );
  });

  test('on all pages of the answer', async () => {
    await withServer(
      (request, response) => {
        const start = Number(new URL(request.url ?? '', 'http://x').searchParams.get('start'));
        sendJson(response, listing([page(String(start + 1))], start < 2 ? 'more' : undefined));
      },
      async ({ url }) => {
        const client = dataCenterClient(url);
        expect((await read(client, numbers(3))).ids).toEqual(numbers(3));
        client.close();
      },
    );
  });

  test('in smaller parts when the gateway cannot', async () => {
    const failures = [
      (r: ServerResponse) => sendHtml(r, 504),
      (r: ServerResponse) => sendJson(r, {}, 500),
      (r: ServerResponse) => sendHtml(r, 502),
      (r: ServerResponse) => void r.writeHead(200, { 'content-type': 'text/plain' }).end('upstream timed out'),
      (r: ServerResponse) =>
        void r
          .writeHead(200, { 'content-type': 'application/json', 'content-length': 999 })
          .write('{', () => r.destroy()),
    ];
    for (const fail of failures) {
      await withSite(
        (ids, response) => (ids.length > 12 ? fail(response) : sendJson(response, listing(ids.map(page)))),
        async (client, requested) => {
          const { ids, unreadable } = await read(client, numbers(50));
          expect([ids, unreadable.size]).toEqual([numbers(50), 0]);
          expect(requested.map(({ length }) => length)).toEqual([50, 25, 13, 7, 6, 12, 25, 13, 7, 6, 12]);
        },
      );
    }
  });

  test('B-051 also if one of them cannot be read at all, which is told', async () => {
    for (const broken of ['1', '2', '25', '50']) {
      await withSite(
        (ids, response) =>
          ids.includes(broken) ? sendHtml(response, 500) : sendJson(response, listing(ids.map(page))),
        async (client, requested) => {
          const { ids, unreadable } = await read(client, numbers(50));
          expect(ids).toEqual(numbers(50).filter((id) => id !== broken));
          expect([...unreadable.keys()]).toEqual([broken]);
          expect(unreadable.get(broken)).toMatchObject({ name: 'UnavailableError', status: 500 });
          expect(requested.length).toBeLessThan(20);
        },
      );
    }
  });

  test('also if the row of one of them is not what it should be', async () => {
    await withSite(
      (ids, response) => sendJson(response, listing(ids.map((id) => (id === '2' ? searchRow('2') : page(id))))),
      async (client, requested) => {
        const { ids, unreadable } = await read(client, numbers(3));
        expect(ids).toEqual(['1', '3']);
        expect(unreadable.get('2')).toMatchObject({
          name: 'ResponseShapeError',
          issues: ['body.storage.value is no text'],
        });
        expect(requested).toHaveLength(1);
      },
    );
  });

  test('or fail with the error of one that cannot be read, if nobody wants to be told', async () => {
    await withSite(
      (_, response) => sendJson(response, listing([searchRow('2')])),
      async (client) => expect(await rejection(client.readPages(['2']))).toMatchObject({ name: 'ResponseShapeError' }),
    );
  });

  test('with a row that has no id, whose page shows when it is asked for alone', async () => {
    await withSite(
      (ids, response) =>
        sendJson(response, listing(ids.map((id) => (id === '3' ? { ...page('3'), id: null } : page(id))))),
      async (client) => {
        const { ids, unreadable } = await read(client, numbers(4));
        expect([ids, [...unreadable.keys()]]).toEqual([['1', '2', '4'], ['3']]);
      },
    );
  });

  test('with all labels, read alone where a row may not show them all', async () => {
    const labels = (count: number) => ({
      labels: { results: Array.from({ length: count }, (_, i) => ({ name: `l${i}` })) },
    });
    await withSite(
      (ids, response) =>
        sendJson(
          response,
          listing(
            ids.map((id) => (id === '2' ? { ...page('2'), metadata: labels(ids.length > 1 ? 196 : 199) } : page(id))),
          ),
        ),
      async (client, requested) => {
        const pages = await client.readPages(numbers(3));
        expect(pages.find(({ id }) => id === '2')?.labels).toHaveLength(199);
        expect(requested).toEqual([numbers(3), ['2']]);
      },
    );
  });
});

describe('Reading pages gives up', () => {
  test('soon when the server does not work at all', async () => {
    await withSite(
      (_, response) => sendHtml(response, 500),
      async (client, requested) => {
        expect(await rejection(read(client, numbers(50)))).toMatchObject({ name: 'UnavailableError', status: 500 });
        expect(requested.length).toBeLessThan(12);
      },
    );
  });

  test.each([
    [401, {}, 'UnauthorizedError'],
    [429, { 'retry-after': '7' }, 'RateLimitedError'],
    [503, {}, 'UnavailableError'],
  ])('at once at %i', async (status, headers, name) => {
    await withSite(
      (_, response) => sendJson(response, {}, status, headers),
      async (client, requested) => {
        expect(await rejection(read(client, numbers(50)))).toMatchObject({ name, status });
        expect(requested).toHaveLength(1);
      },
    );
  });

  test('on an answer that leads round in circles', async () => {
    await withServer(
      (_, response) => sendJson(response, listing([page('9')], 'more')),
      async ({ url }) => {
        const client = dataCenterClient(url);
        const { ids, unreadable } = await read(client, ['1']);
        expect(ids).toEqual([]);
        expect(unreadable.get('1')).toMatchObject({ name: 'ResponseShapeError' });
        client.close();
      },
    );
  });

  test('when it is told to, in the middle of a read and of the queue', async () => {
    await withSite(
      () => undefined,
      async (client, requested) => {
        const abort = new AbortController();
        const failed = rejection(client.readPages(numbers(200), abort.signal));
        while (requested.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        const reason = new Error('cancelled');
        abort.abort(reason);
        expect(await failed).toBe(reason);
        expect(requested).toHaveLength(2);
      },
    );
  });
});

test('at most two reads are under way at once, and each counts for whoever asked', async () => {
  let underWay = 0;
  let most = 0;
  await withSite(
    (ids, response) => {
      most = Math.max(most, ++underWay);
      setTimeout(() => {
        underWay -= 1;
        sendJson(response, listing(ids.map(page)));
      }, 20);
    },
    async (client) => {
      const counted = await Promise.all(
        [1, 2, 3].map((reads) =>
          countRequests(async (counts) => {
            await client.readPages(numbers(reads * 50));
            return counts().confluence;
          }),
        ),
      );
      expect(counted).toEqual([1, 2, 3]);
      expect(most).toBe(2);
    },
  );
});
