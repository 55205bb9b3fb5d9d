import { type Kysely, sql } from 'kysely';

/** Between which site and which scope a run began, so that no step of it works between others. */
export async function addRunPlace(db: Kysely<unknown>): Promise<void> {
  await sql`alter table runs add column place text`.execute(db);
}
