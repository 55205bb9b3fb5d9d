import { join, resolve } from 'node:path';
import { type Dialect as KyselyDialect, Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import { createBudgetLedger } from './budgets';
import type { Connection } from './connection';
import { dialects, type Engine } from './dialect';
import { createDiscoveries } from './discoveries';
import { StoreUnavailableError } from './errors';
import { takeFileLock } from './file-lock';
import { guardedDialect } from './guarded-dialect';
import { createLeases } from './leases';
import { createLedger } from './ledger';
import { createManifest } from './manifest';
import { migrate } from './migrate';
import { createPlan } from './plan';
import { openPostgres, postgresError } from './postgres-pool';
import { createFormerCopies } from './former-copies';
import { createRemovals } from './removals';
import { createRuns } from './runs';
import type { Schema } from './schema';
import { createSpaces } from './spaces';
import { openSqlite, sqliteError } from './sqlite-database';
import type { Store } from './store';
import { createVerifications } from './verification';
import { createTenants } from './tenants';

/**
 * Opens the store and brings its tables up to date: SQLite in the file `store.db` of the home folder, or PostgreSQL
 * where a URL is given. A SQLite store is locked for this process until it is closed.
 *
 * @param url `postgres://…`; never part of an error, it holds a password
 * @throws {StoreLockedError} when another process has the SQLite file
 * @throws {StoreUnavailableError} when the store cannot be reached or written
 * @throws {StoreNewerError} when a newer version made it
 */
export async function openStore({ home, url }: { readonly home: string; readonly url?: string }): Promise<Store> {
  return url === undefined || url === '' ? openSqliteStore(resolve(home, 'store.db')) : openPostgresStore(url);
}

async function openSqliteStore(file: string): Promise<Store> {
  const lock = takeFileLock(file);
  try {
    const dialect = guardedDialect(new SqliteDialect({ database: openSqlite(file) }), (error) =>
      sqliteError(file, error),
    );
    return await openWith('sqlite', dialect, async () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openPostgresStore(url: string): Promise<Store> {
  const where = serverOf(url);
  const dialect = new PostgresDialect({ pool: openPostgres(url) });
  return openWith(
    'postgres',
    guardedDialect(dialect, (error) => postgresError(where, error)),
    async () => undefined,
  );
}

/** Host, port and database of a URL, without user and password. */
function serverOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new StoreUnavailableError(
      'SYNCSPACE_STORE_URL is no address of a PostgreSQL server. Write it as postgres://user:password@host:5432/database.',
      undefined,
    );
  }
  return join(parsed.host === '' ? 'localhost' : parsed.host, parsed.pathname);
}

async function openWith(engine: Engine, kyselyDialect: KyselyDialect, release: () => Promise<void>): Promise<Store> {
  const db = new Kysely<Schema>({ dialect: kyselyDialect });
  const connection: Connection = { db, dialect: dialects[engine] };
  try {
    await migrate(db as unknown as Kysely<unknown>, connection.dialect);
    const { identity } = await db.selectFrom('store_info').select('identity').executeTakeFirstOrThrow();
    return createStore(connection, identity, release);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function createStore(connection: Connection, identity: string, release: () => Promise<void>): Store {
  return {
    identity,
    runs: createRuns(connection),
    discoveries: createDiscoveries(connection),
    manifest: createManifest(connection),
    plan: createPlan(connection),
    ledger: createLedger(connection),
    removals: createRemovals(connection),
    verifications: createVerifications(connection),
    formerCopies: createFormerCopies(connection),
    spaces: createSpaces(connection),
    tenants: createTenants(connection),
    leases: createLeases(connection),
    budgets: createBudgetLedger(connection),
    async close() {
      await connection.db.destroy();
      await release();
    },
  };
}
