import { Pool, types } from 'pg';
import { readDriverError } from './driver-error';
import { StoreQueryError, StoreUnavailableError } from './errors';

/** Connections a process; slices wait for one for milliseconds only. */
const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const BIGINT_OID = 20;

/** Connections to a PostgreSQL server, made when they are needed. */
export function openPostgres(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'syncspace',
    types: {
      // Counts and milliseconds are far below 2^53; the driver would give strings.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT_OID ? Number : (types.getTypeParser(oid, format) as (value: string) => unknown),
    },
  });
  // A connection that breaks while nobody uses it: the pool replaces it. Unhandled, the event would end the process.
  pool.on('error', () => undefined);
  // The same between two statements of a transaction, where the pool does not listen: the next statement fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const REMEDIES: readonly { readonly code: RegExp; readonly says: (where: string) => string }[] = [
  {
    code: /^53100/,
    says: (where) => `The PostgreSQL server ${where} has no space left. Free some; work goes on from where it stood.`,
  },
  {
    code: /^53300/,
    says: (where) =>
      `The PostgreSQL server ${where} has no connection left (each worker uses up to ${CONNECTIONS}). Raise max_connections, or run fewer workers.`,
  },
  {
    code: /^28/,
    says: (where) => `The PostgreSQL server ${where} refused the user or the password. Correct SYNCSPACE_STORE_URL.`,
  },
  {
    code: /^3D000/,
    says: (where) => `The database ${where} does not exist. Create it, or correct SYNCSPACE_STORE_URL.`,
  },
  {
    code: /^42501/,
    says: (where) =>
      `The user of SYNCSPACE_STORE_URL may not create or write tables in ${where}. Grant it CREATE and USAGE on the schema "public".`,
  },
  {
    code: /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE|EPROTO|08|57P0|25006)/,
    says: (where) =>
      `The PostgreSQL server ${where} cannot be reached or is shutting down. Start it, or correct SYNCSPACE_STORE_URL; work goes on when it is back.`,
  },
];

/** The driver gives these without a code. */
const UNREACHABLE =
  /connection terminated|timeout exceeded when trying to connect|client was closed|not queryable|SSL/i;

/**
 * What an error of the PostgreSQL driver means to an operator.
 *
 * @param where host, port and database, without credentials
 */
export function postgresError(where: string, error: unknown): Error {
  const driver = readDriverError(error);
  const code = driver.code ?? (UNREACHABLE.test(driver.message) ? 'ECONNRESET' : undefined);
  const remedy = REMEDIES.find((one) => code !== undefined && one.code.test(code));
  return remedy === undefined
    ? new StoreQueryError(driver.message, code)
    : new StoreUnavailableError(remedy.says(where), code);
}
