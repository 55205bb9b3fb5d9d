import { type Kysely, sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { Database } from './schema';

/** Thrown when the database was made by a newer version: going on could destroy what that one relies on. */
export class StoreTooNewError extends Error {
  override readonly name = 'StoreTooNewError';

  constructor(found: number, known: number) {
    super(
      `The store was made by a newer version of SyncSpace (schema ${found}, this one knows ${known}). Start that version, or give this one a store of its own by SYNCSPACE_HOME or SYNCSPACE_STORE_URL.`,
    );
  }
}

/** In order; a released one never changes. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'create table notes (tenant text not null, name text not null, value text not null, primary key (tenant, name))',
    `create table runs (tenant text not null, run text not null, workflow_id text not null, started_at bigint not null,
      ended_at bigint, outcome text, confluence bigint not null default 0, unique_calls bigint not null default 0,
      downloads bigint not null default 0, uploads bigint not null default 0, truncated integer not null default 0,
      report text, primary key (tenant, run))`,
    'create table space_reports (tenant text not null, run text not null, space_key text not null, report text not null, primary key (tenant, run, space_key))',
    `create table failures (tenant text not null, run text not null, space_key text not null, item_key text not null,
      step text not null, http_status integer, message text not null, at bigint not null, primary key (tenant, run, space_key, item_key))`,
    'create table discoveries (tenant text not null, run text not null, part text not null, cursor text, sealed integer not null, primary key (tenant, run, part))',
    `create table manifest (tenant text not null, run text not null, space_key text not null, item_key text not null,
      space_id text not null, space_name text not null, kind text not null, page_id text not null, attachment_id text,
      page_type text not null, title text not null, media_type text, size bigint, version bigint not null,
      updated_at text not null, url text not null, download_path text, fingerprint text not null,
      is_root integer not null, has_more integer not null, action text, is_new integer not null default 1,
      is_due integer not null default 0, slice integer, retry integer not null default 0, outcome text, failure_status integer,
      primary key (tenant, run, space_key, item_key))`,
    'create index manifest_slices on manifest (tenant, run, space_key, kind, slice)',
    'create table candidates (tenant text not null, run text not null, space_key text not null, item_key text not null, primary key (tenant, run, space_key, item_key))',
    `create table ledger (tenant text not null, space_key text not null, item_key text not null, state text not null,
      content_id text, fingerprint text, version bigint, run text not null, attempt text not null, is_new integer not null,
      attempts bigint not null, doubt_since bigint, absent_since bigint, failure_step text, failure_status integer,
      failure_message text, updated_at bigint not null, primary key (tenant, space_key, item_key))`,
    `create table spaces (tenant text not null, space_key text not null, space_id text not null, scope_id text,
      compared_at bigint, primary key (tenant, space_key))`,
    'create table leases (tenant text not null, space_key text not null, owner text not null, fence bigint not null, until bigint not null, primary key (tenant, space_key))',
    'create table slices (tenant text not null, run text not null, space_key text not null, slice text not null, attempt text not null, primary key (tenant, run, space_key, slice))',
    'create table budgets (target text primary key, next_at double precision not null, paused_until bigint not null)',
  ],
];

const SCHEMA = 'schema';
const IDENTITY = 'identity';

/**
 * Brings the database to this version's schema, in one transaction, and returns its identity.
 *
 * @throws {StoreTooNewError}
 */
export function migrate(db: Kysely<Database>): Promise<string> {
  return db.transaction().execute(async (tx) => {
    await sql`create table if not exists facts (name text primary key, value text not null)`.execute(tx);
    const facts = new Map((await tx.selectFrom('facts').selectAll().execute()).map(({ name, value }) => [name, value]));
    const found = Number(facts.get(SCHEMA) ?? 0);
    if (found > MIGRATIONS.length) throw new StoreTooNewError(found, MIGRATIONS.length);
    for (const statement of MIGRATIONS.slice(found).flat()) await sql.raw(statement).execute(tx);
    await setFact(tx, SCHEMA, String(MIGRATIONS.length));
    const identity = facts.get(IDENTITY) ?? randomUUID();
    await setFact(tx, IDENTITY, identity);
    return identity;
  });
}

async function setFact(db: Kysely<Database>, name: string, value: string): Promise<void> {
  await db
    .insertInto('facts')
    .values({ name, value })
    .onConflict((at) => at.column('name').doUpdateSet({ value }))
    .execute();
}
