import type { Kysely, Transaction } from 'kysely';
import type { Dialect } from './dialect';
import type { Schema } from './schema';

/** An open database, as the parts of the store use it. */
export interface Connection {
  readonly db: Kysely<Schema>;
  readonly dialect: Dialect;
}

/** A connection within or outside of a transaction. */
export type Queries = Kysely<Schema> | Transaction<Schema>;
