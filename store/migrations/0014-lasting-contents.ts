import { type Kysely, sql } from 'kysely';

/** Since when a content stands in Unique, so that the guard can tell those that came today from all others. */
export async function addLastingContents(db: Kysely<unknown>): Promise<void> {
  await sql`alter table ledger add column stored_since bigint`.execute(db);
  await sql`alter table removals add column stored_since bigint`.execute(db);
  await sql`alter table stored_counts add column lasting bigint`.execute(db);
}
