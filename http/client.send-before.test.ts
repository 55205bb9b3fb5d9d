import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '../test/network/certificates';
import { createBudget, createMemoryBudgetLedger } from './budget';
import { createHttpClient, type HttpRequest } from './client';
import { rejection, sendJson, withServer } from './server-fixture';

const PUT: HttpRequest<'json'> = { method: 'PUT', path: '/x', kind: 'unique', responseType: 'json', body: { json: 1 } };
const TOO_LATE = { name: 'UnavailableError', code: 'TOO_LATE', answered: true };

describe('A request that writes', () => {
  test('asks whether it may when its turn has come, not before it waits', async () => {
    await withServer(
      (_, response) => sendJson(response, 1),
      async ({ url }) => {
        const budget = createBudget({ requestsPerMinute: 300, ledger: createMemoryBudgetLedger(), target: 'x' });
        const client = createHttpClient({ baseUrl: url, budget });
        const start = Date.now();
        const asked: number[] = [];
        const sendBefore = async () => (asked.push(Date.now() - start), Date.now() + 30_000);
        await Promise.all([1, 2, 3].map(() => client.request({ ...PUT, sendBefore })));
        expect(asked[2]).toBeGreaterThanOrEqual(390);
        client.close();
      },
    );
  });

  test('is not sent when somebody else has taken over while it waited', async () => {
    await withServer(
      (_, response) => sendJson(response, 1),
      async ({ url, received }) => {
        const client = createHttpClient({ baseUrl: url });
        const superseded = new Error('superseded');
        const sendBefore = () => Promise.reject(superseded);
        expect(await rejection(client.request({ ...PUT, sendBefore }))).toBe(superseded);
        expect(received).toHaveLength(0);
        client.close();
      },
    );
  });

  test('is not sent, and certain not to be, when its connection stands too late: a new one, and one that was kept', async () => {
    await withServer(
      (_, response) => sendJson(response, 1),
      async ({ url, received }) => {
        const client = createHttpClient({ baseUrl: url });
        const tooLate = { ...PUT, sendBefore: async () => Date.now() - 1 };
        expect(await rejection(client.request(tooLate))).toMatchObject(TOO_LATE);
        await client.request(PUT);
        expect(await rejection(client.request(tooLate))).toMatchObject(TOO_LATE);
        await client.request(PUT);
        expect(received).toHaveLength(2);
        client.close();
      },
    );
  });

  test('is not sent too late over TLS either', async () => {
    const { cert, key } = createAuthority().issue('127.0.0.1');
    let received = 0;
    const server = createServer({ cert, key }, (_, response) => (received++, sendJson(response, 1)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = createHttpClient({ baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
    // Not trusted, too; what is asserted is that nothing arrived.
    await rejection(client.request({ ...PUT, sendBefore: async () => Date.now() - 1 }));
    expect(received).toBe(0);
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
