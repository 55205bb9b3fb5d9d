import { sql } from 'kysely';
import type { Connection } from './connection';
import { mayStand } from './missing';
import type { RunKey } from './store';

/** Spaces that were ingested once, that nothing is left of, and that the run discovered nothing of; by key. */
export async function emptiedSpaces({ db }: Connection, { tenant, run }: RunKey): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly space_key: string }>`
    select s.space_key from spaces s
    where s.tenant = ${tenant} and s.scope_id is not null and s.known_since is not null
      and not exists (select 1 from run_spaces r where r.tenant = ${tenant} and r.run = ${run} and r.space_key = s.space_key)
      and not exists (select 1 from ledger l where l.tenant = ${tenant} and l.space_key = s.space_key and ${mayStand})
    order by s.space_key`.execute(db);
  return rows.map((row) => row.space_key);
}
