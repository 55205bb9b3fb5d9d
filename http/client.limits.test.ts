import { createBudget, createMemoryBudgetLedger, type Budget } from './budget';
import { createHttpClient, type HttpRequest } from './client';
import { countRequests, countWait } from './request-counts';
import { rejection, sendJson, withServer } from './server-fixture';

const GET: HttpRequest<'json'> = { method: 'GET', path: '/x', kind: 'confluence', responseType: 'json' };
const TOKEN: HttpRequest<'json'> = { ...GET, kind: 'token', path: '/token' };
const NONE = { waits: 0, waitedMs: 0, rateLimited: 0, serverErrors: 0 };

const budgetFor = (requestsPerMinute: number, ledger = createMemoryBudgetLedger()) =>
  createBudget({ requestsPerMinute, ledger, target: 'site' });

describe('What holds requests up', () => {
  test('W-42 is counted by side: 429 and 5xx apart, and each error keeps its status', async () => {
    await withServer(
      (request, response) => sendJson(response, {}, Number(request.url?.slice(1))),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url });
        const send = async (kind: HttpRequest<'json'>['kind'], status: number) =>
          expect(await rejection(client.request({ ...GET, kind, path: `/${status}` }))).toMatchObject({ status });
        const [one, other] = await Promise.all([
          countRequests(async (_, limits) => {
            for (const status of [429, 404, 503]) await send('confluence', status);
            await send('download', 429);
            await send('redirect', 500);
            await send('token', 429);
            return limits();
          }),
          countRequests(async (_, limits) => {
            await Promise.all([send('unique', 429), send('upload', 502), send('unique', 400)]);
            return limits();
          }),
        ]);
        expect(one).toEqual({ confluence: { ...NONE, rateLimited: 2, serverErrors: 2 }, unique: NONE });
        expect(other).toEqual({ confluence: NONE, unique: { ...NONE, rateLimited: 1, serverErrors: 1 } });
        client.close();
      },
    );
  });

  test('W-42 is waiting, too: how many requests did, and for how long', async () => {
    await withServer(
      (_, response) => sendJson(response, 1),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url, budget: budgetFor(120) });
        const { confluence, unique } = await countRequests(async (_, limits) => {
          await Promise.all([1, 2, 3].map(() => client.request(GET)));
          return limits();
        });
        // The first goes at once, the others after half a second and a whole one.
        expect(confluence.waits).toBeGreaterThanOrEqual(2);
        expect(confluence.waitedMs).toBeGreaterThanOrEqual(1_400);
        expect(unique).toEqual(NONE);
        client.close();
      },
    );
  });
});

test('W-42 the moment that a free turn takes is no waiting', async () => {
  const limits = await countRequests(async (_, limits) => {
    for (const waitedMs of [3, 700.4, 19]) countWait('confluence', waitedMs);
    countWait('upload', 20);
    countWait('token', 500);
    return limits();
  });
  expect(limits.confluence).toEqual({ ...NONE, waits: 1, waitedMs: 700 });
  expect(limits.unique).toEqual({ ...NONE, waits: 1, waitedMs: 20 });
});

describe('A pause', () => {
  test('W-41 holds token requests, also in another process, and they take no turn', async () => {
    await withServer(
      (request, response) => sendJson(response, {}, request.url === '/limited' ? 429 : 200, { 'retry-after': '0.5' }),
      async ({ url, received }) => {
        const ledger = createMemoryBudgetLedger();
        const client = createHttpClient({ baseUrl: url, budget: budgetFor(60_000, ledger) });
        const budget = budgetFor(60_000, ledger);
        let turns = 0;
        const take: Budget['take'] = (...turn) => (turns++, budget.take(...turn));
        const other = createHttpClient({ baseUrl: url, budget: { ...budget, take } });
        await rejection(client.request({ ...GET, path: '/limited' }));
        const start = Date.now();
        const token = other.request(TOKEN);
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(received).toHaveLength(1);
        await token;
        expect(Date.now() - start).toBeGreaterThanOrEqual(450);
        expect(turns).toBe(0);
        for (const one of [client, other]) one.close();
      },
    );
  });

  test('W-41 is asked for by a refused token request, too', async () => {
    await withServer(
      (request, response) => sendJson(response, {}, request.url === '/token' ? 429 : 200, { 'retry-after': '0.4' }),
      async ({ url }) => {
        const client = createHttpClient({ baseUrl: url, budget: budgetFor(60_000) });
        await rejection(client.request(TOKEN));
        const start = Date.now();
        await client.request(GET);
        expect(Date.now() - start).toBeGreaterThanOrEqual(350);
        client.close();
      },
    );
  });

  test('that is long fails a token request at once with what is left of it', async () => {
    await withServer(
      (_, response) => sendJson(response, {}, 429, { 'retry-after': '300' }),
      async ({ url, received }) => {
        const client = createHttpClient({ baseUrl: url, budget: budgetFor(60_000) });
        await rejection(client.request(GET));
        expect(await rejection(client.request(TOKEN))).toMatchObject({ name: 'RateLimitedError', path: '/token' });
        expect(received).toHaveLength(1);
        client.close();
      },
    );
  });
});
