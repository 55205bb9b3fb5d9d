import { randomUUID } from 'node:crypto';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect';

/** All tables of the first version; see `schema.ts` for what they mean. */
export async function createFirstTables(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const key = sql`${dialect.keyText} not null`;
  const statements: readonly RawBuilder<unknown>[] = [
    sql`create table store_info (identity text not null)`,
    sql`insert into store_info (identity) values (${randomUUID()})`,
    ...runTables(key),
    ...planTables(key, dialect),
    ...lastingTables(key, dialect),
  ];
  for (const statement of statements) await statement.execute(db);
}

const runTables = (key: RawBuilder<unknown>) => [
  sql`create table runs (tenant ${key}, run ${key}, workflow_id text not null, started_at bigint not null, ended_at bigint,
    outcome text, truncated integer not null default 0, confluence bigint not null default 0, "unique" bigint not null default 0,
    downloads bigint not null default 0, uploads bigint not null default 0, report text, primary key (tenant, run))`,
  sql`create index runs_by_start on runs (tenant, started_at)`,
  sql`create table space_reports (tenant ${key}, run ${key}, space_key ${key}, report text not null,
    primary key (tenant, run, space_key))`,
  sql`create table failures (tenant ${key}, run ${key}, space_key ${key}, item_key ${key}, step text not null,
    http_status integer, message text not null, at bigint not null, primary key (tenant, run, space_key, item_key))`,
  sql`create table discoveries (tenant ${key}, run ${key}, part ${key}, cursor text, sealed integer not null,
    primary key (tenant, run, part))`,
  sql`create table slice_attempts (tenant ${key}, run ${key}, space_key ${key}, slice ${key}, attempt text not null,
    primary key (tenant, run, space_key, slice))`,
];

const planTables = (key: RawBuilder<unknown>, { serial }: Dialect) => [
  sql`create table run_spaces (space_no ${serial}, tenant ${key}, run ${key}, space_key ${key}, space_id text not null,
    space_name text not null, items bigint not null default 0, is_compared integer not null default 0,
    is_cut integer not null default 0, plan_no integer not null default 0, doubt_before bigint,
    unique (tenant, run, space_key))`,
  // Rows in the order of their arrival, not of their key: pages arrive in any order, and half a gigabyte that is sorted
  // while it grows takes four times as long.
  sql`create table manifest (space_no bigint not null, item_key ${key}, kind text not null, page_id text not null,
    attachment_id text, page_type text not null, title text not null, media_type text, size bigint, version bigint not null,
    updated_at text not null, url text not null, download_path text, fingerprint text not null,
    is_root integer not null, has_more integer not null, action text, retry integer not null default 0, outcome text,
    primary key (space_no, item_key))`,
  sql`create index manifest_to_ingest on manifest (space_no, kind, item_key, action, outcome, retry) where action is not null`,
  sql`create index manifest_roots on manifest (space_no, page_id) where is_root = 1`,
  sql`create index manifest_more_attachments on manifest (space_no, item_key) where has_more = 1`,
  sql`create table candidates (space_no bigint not null, item_key ${key}, primary key (space_no, item_key))`,
  sql`create table slice_cuts (space_no bigint not null, retry integer not null, pages_from integer not null,
    pages_to integer not null, attachments_from integer not null, attachments_to integer not null,
    primary key (space_no, retry))`,
  sql`create table slices (space_no bigint not null, kind ${key}, number integer not null, retry integer not null,
    after_key ${key}, last_key ${key}, primary key (space_no, kind, number))`,
];

const lastingTables = (key: RawBuilder<unknown>, { keyOrdered }: Dialect) => [
  sql`create table ledger (tenant ${key}, space_key ${key}, item_key ${key}, space_id text not null, state ${key},
    content_id text, fingerprint text, version bigint, run text not null, attempt text not null, is_new integer not null,
    attempts integer not null, doubt_since bigint, absent_since bigint, failure_step text, failure_status integer,
    failure_message text, updated_at bigint not null, primary key (tenant, space_key, item_key)) ${keyOrdered}`,
  // The state comes first: PostgreSQL without statistics would else take this index for the key's.
  sql`create index ledger_by_state on ledger (state, tenant, space_key)`,
  sql`create table spaces (tenant ${key}, space_key ${key}, space_id text not null, scope_id text, compared_at bigint,
    primary key (tenant, space_key))`,
  sql`create table notes (tenant ${key}, name ${key}, value text not null, primary key (tenant, name))`,
  sql`create table leases (tenant ${key}, space_key ${key}, owner text, fence bigint not null, until bigint not null,
    primary key (tenant, space_key))`,
  sql`create table budgets (target ${key}, next_at double precision not null, paused_until double precision not null,
    primary key (target))`,
];
