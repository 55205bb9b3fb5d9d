import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { readDriverError } from './driver-error';
import { StoreQueryError, StoreUnavailableError } from './errors';

/** How long a statement waits for another process, a backup for instance; it blocks the event loop meanwhile. */
const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIB = 32 * 1024;
/** 16 MiB: rows that arrive in any order touch the same pages again and again, and each is then written once. */
const CHECKPOINT_PAGES = 4_000;

/**
 * Opens, or makes, the SQLite file for Kysely.
 *
 * @throws {StoreUnavailableError} when folder or file cannot be used
 */
export function openSqlite(file: string): SqliteDatabase {
  const database = openFile(file);
  try {
    database.exec(
      `pragma busy_timeout = ${BUSY_TIMEOUT_MS}; pragma journal_mode = wal; pragma synchronous = normal; ` +
        `pragma cache_size = -${CACHE_KIB}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    );
  } catch (error) {
    database.close();
    throw sqliteError(file, error);
  }
  return withKeptStatements(database);
}

/** The bare file, its folder made if it is missing. */
export function openFile(file: string): Database.Database {
  try {
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
    return new Database(file);
  } catch (error) {
    throw sqliteError(file, error);
  }
}

/**
 * Prepares each text once. The driver keeps every prepared statement, with what was last bound to it, until the
 * database is closed (libsql 0.5, measured: 225 MiB after 1,000 bulk inserts): one a query would be a leak. The store's
 * texts are few, because lists travel as one JSON parameter.
 */
function withKeptStatements(database: Database.Database): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  const prepare = (text: string): SqliteStatement => {
    const statement = database.prepare(text);
    return {
      reader: statement.reader,
      all: (parameters) => statement.all(checked(parameters)),
      run: (parameters) => statement.run(checked(parameters)),
      iterate: (parameters) => statement.iterate(checked(parameters)),
    };
  };
  return {
    prepare(text) {
      const statement = kept.get(text) ?? prepare(text);
      kept.set(text, statement);
      return statement;
    },
    close: () => void database.close(),
  };
}

/** A parameter of another type would end the whole process: the driver panics (libsql 0.5, tried). */
function checked(parameters: readonly unknown[]): unknown[] {
  const isBindable = (value: unknown) => value === null || typeof value === 'string' || typeof value === 'number';
  const unfit = parameters.find((value) => !isBindable(value));
  if (unfit !== undefined || parameters.includes(undefined)) {
    throw new TypeError(`A value of type ${typeof unfit} cannot be stored in SQLite.`);
  }
  return [...parameters];
}

const REMEDIES: readonly { readonly code: RegExp; readonly says: (file: string) => string }[] = [
  {
    code: /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    says: (file) =>
      `No space is left for the store ${file}. Free some, or set SYNCSPACE_HOME to a folder on another disk; work goes on from where it stood.`,
  },
  {
    code: /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EEXIST)/,
    says: (file) =>
      `The store ${file} cannot be written. Give the account that runs SyncSpace the right to write in its folder, or set SYNCSPACE_HOME to another one.`,
  },
  {
    code: /^(SQLITE_NOTADB|SQLITE_CORRUPT)/,
    says: (file) =>
      `The store ${file} is damaged, or no SQLite database. Put a backup in its place, or move the file away: the next sync then compares everything with the platform.`,
  },
  {
    code: /^(SQLITE_BUSY|SQLITE_LOCKED)/,
    says: (file) =>
      `The store ${file} was held by another program for more than ${BUSY_TIMEOUT_MS / 1000} s. Close what has it open, a database browser or a backup.`,
  },
  {
    code: /^SQLITE_IOERR/,
    says: (file) =>
      `The store ${file} could not be read or written. Look after its disk; a network file system will not do, PostgreSQL will (SYNCSPACE_STORE_URL).`,
  },
];

/** What an error of the SQLite driver, or of the file system, means to an operator. */
export function sqliteError(file: string, error: unknown): Error {
  if (error instanceof StoreUnavailableError || error instanceof TypeError) return error;
  const driver = readDriverError(error);
  // The driver says "unable to open" without a code, but with SQLite's number in the text.
  const code = driver.code ?? (driver.message.startsWith('ConnectionFailed') ? 'SQLITE_CANTOPEN' : undefined);
  const remedy = REMEDIES.find((one) => code !== undefined && one.code.test(code));
  return remedy === undefined
    ? new StoreQueryError(driver.message, code)
    : new StoreUnavailableError(remedy.says(file), code);
}
