import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import LibsqlDatabase from 'libsql';
import { createBudgets } from './budgets';
import type { Engine } from './dialect';
import { createDiscoveries } from './discoveries';
import { createLeases } from './leases';
import { createLedger } from './ledger';
import { createManifest } from './manifest';
import { migrate } from './migrations';
import { createPlan } from './plan';
import { lockProcess, type ProcessLock } from './process-lock';
import { createRuns } from './runs';
import type { Database } from './schema';
import { createSpaces } from './spaces';
import type { Store } from './store';

/** Thrown when the database cannot be opened: no room, no permission, no server. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';

  constructor(where: string, reason: string) {
    super(`The store ${where} cannot be opened: ${reason}. Make room or give this user write permission, or name another folder by SYNCSPACE_HOME.`);
  }
}

/**
 * Opens the store, brings its schema up to date, and locks it: one worker process a SQLite file.
 *
 * @throws {StoreLockedError} @throws {StoreUnavailableError} @throws {StoreTooNewError}
 */
export async function openStore({ home }: { readonly home: string; readonly url?: string }): Promise<Store> {
  const file = join(home, 'store.db');
  const lock = openOr(file, () => {
    mkdirSync(home, { recursive: true });
    return lockProcess(join(home, 'store.lock'));
  });
  try {
    const db = openSqlite(file);
    const identity = await migrate(db);
    return assemble(db, 'sqlite', identity, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openSqlite(file: string): Kysely<Database> {
  const database = openOr(file, () => {
    const opened = new LibsqlDatabase(file);
    // A killed process loses nothing; a power cut may lose the last moments, which the next run does again.
    opened.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000; pragma temp_store = memory');
    return opened;
  });
  return new Kysely<Database>({ dialect: new SqliteDialect({ database }) });
}

function assemble(db: Kysely<Database>, engine: Engine, identity: string, lock: ProcessLock): Store {
  return {
    identity,
    runs: createRuns(db),
    discoveries: createDiscoveries(db, engine),
    manifest: createManifest(db, engine),
    plan: createPlan(db, engine),
    ledger: createLedger(db, engine),
    spaces: createSpaces(db),
    leases: createLeases(db),
    budgets: createBudgets(db),
    async close() {
      await db.destroy();
      lock.release();
    },
  };
}

function openOr<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const { code, message, name } = error as NodeJS.ErrnoException; // whatever is thrown, its text is all we need
    if (name === 'StoreLockedError') throw error;
    throw new StoreUnavailableError(file, code ?? message);
  }
}
