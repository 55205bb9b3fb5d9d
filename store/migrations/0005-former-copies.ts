import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect';

/** Under which keys a space's contents stand, and what is left under keys that it had before. */
export async function addFormerCopies(db: Kysely<unknown>, { keyText, keyOrdered }: Dialect): Promise<void> {
  const key = sql`${keyText} not null`;
  await sql`alter table spaces add column partial_key text`.execute(db);
  await sql`create table former_keys (tenant ${key}, space_key ${key}, partial_key ${key}, removing_at bigint,
    primary key (tenant, space_key, partial_key))`.execute(db);
  await sql`create table former_copies (tenant ${key}, space_key ${key}, item_key ${key}, partial_key ${key},
    content_id text not null, primary key (tenant, space_key, item_key, partial_key)) ${keyOrdered}`.execute(db);
}
