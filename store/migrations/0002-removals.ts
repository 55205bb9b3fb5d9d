import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect';

/** What removals need: their plan, their history, what a person may approve, and counts for the guard. */
export async function addRemovals(db: Kysely<unknown>, { keyText }: Dialect): Promise<void> {
  const key = sql`${keyText} not null`;
  const statements: readonly RawBuilder<unknown>[] = [
    sql`create table removal_plan (tenant ${key}, run ${key}, space_key ${key}, item_key ${key}, space_id text not null,
      verdict text not null, why text not null, to_space ${keyText}, is_empty integer not null, looked_up_at bigint not null,
      is_approved integer not null default 0, is_released integer not null default 0, outcome text,
      primary key (tenant, run, space_key, item_key))`,
    sql`create table removals (tenant ${key}, run ${key}, space_key ${key}, item_key ${key}, why text not null,
      is_move integer not null, is_approved integer not null, at bigint not null,
      primary key (tenant, run, space_key, item_key))`,
    sql`create index removals_by_time on removals (tenant, at)`,
    sql`create table blocked_sets (tenant ${key}, fingerprint ${key}, space_key ${key}, run ${key}, reason text not null,
      deletions bigint not null, stored bigint not null, at bigint not null, primary key (tenant, fingerprint))`,
    sql`create table blocked_items (tenant ${key}, fingerprint ${key}, item_key ${key},
      primary key (tenant, fingerprint, item_key))`,
    sql`create table stored_counts (tenant ${key}, run ${key}, space_key ${key}, stored bigint not null, at bigint not null,
      primary key (tenant, run, space_key))`,
    sql`alter table spaces add column known_since bigint`,
    sql`update spaces set known_since = compared_at`,
    sql`create index ledger_absent on ledger (tenant, space_key, item_key) where absent_since is not null`,
  ];
  for (const statement of statements) await statement.execute(db);
}
