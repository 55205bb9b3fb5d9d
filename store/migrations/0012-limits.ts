import { type Kysely, sql } from 'kysely';

/** What held a run's requests up, a column each counter and side. */
export async function addLimits(db: Kysely<unknown>): Promise<void> {
  for (const side of ['confluence', 'unique']) {
    for (const counter of ['waits', 'waited_ms', 'rate_limited', 'server_errors']) {
      await sql`alter table runs add column ${sql.id(`${side}_${counter}`)} bigint not null default 0`.execute(db);
    }
  }
}
