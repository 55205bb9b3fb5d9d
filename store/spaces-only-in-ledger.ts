import { sql } from 'kysely';
import type { Connection } from './connection';
import { countMissing } from './missing';
import type { RunKey } from './store';

/** Spaces with contents that the run discovered nothing of, with how many, by key. */
export async function spacesOnlyInLedger(
  connection: Connection,
  key: RunKey,
): Promise<{ readonly spaceKey: string; readonly contents: number }[]> {
  // Jumps from key to key in the ledger's index, instead of reading a million entries for some hundred keys.
  const { rows } = await sql<{ readonly space_key: string }>`
    with recursive known(space_key) as (
      select min(space_key) from ledger where tenant = ${key.tenant}
      union all
      select (select min(l.space_key) from ledger l where l.tenant = ${key.tenant} and l.space_key > known.space_key)
      from known where known.space_key is not null)
    select space_key from known where space_key is not null and not exists (
      select 1 from run_spaces s where s.tenant = ${key.tenant} and s.run = ${key.run} and s.space_key = known.space_key)
    order by space_key`.execute(connection.db);
  const found = [];
  for (const { space_key: spaceKey } of rows) {
    const contents = await countMissing(connection, { ...key, spaceKey });
    if (contents > 0) found.push({ spaceKey, contents });
  }
  return found;
}
