import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect';

/** Dry runs, what stands behind a fingerprint for all spaces, and what is known of the platform's own ingestion. */
export async function addPlansAndVerification(db: Kysely<unknown>, { keyText }: Dialect): Promise<void> {
  const key = sql`${keyText} not null`;
  const statements: readonly RawBuilder<unknown>[] = [
    sql`alter table runs add column is_plan integer not null default 0`,
    sql`create table blocked_groups (tenant ${key}, fingerprint ${key}, set_fingerprint ${key}, at bigint not null,
      primary key (tenant, fingerprint, set_fingerprint))`,
    sql`alter table ledger add column is_unverified integer not null default 0`,
    sql`alter table ledger add column ingestion_failures integer not null default 0`,
    sql`alter table ledger add column failed_fingerprint text`,
    sql`create index ledger_unverified on ledger (tenant, space_key, item_key) where is_unverified = 1`,
  ];
  for (const statement of statements) await statement.execute(db);
}
