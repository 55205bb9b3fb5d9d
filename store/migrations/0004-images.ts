import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../dialect';

/** What images in pages need: where a removed one went, and whether a run was asked for what has not changed. */
export async function addImages(db: Kysely<unknown>, { keyText }: Dialect): Promise<void> {
  const statements: readonly RawBuilder<unknown>[] = [
    sql`alter table removal_plan add column into_item ${keyText}`,
    sql`alter table removal_plan add column into_fingerprint text`,
    sql`alter table run_spaces add column is_forced integer not null default 0`,
  ];
  for (const statement of statements) await statement.execute(db);
}
