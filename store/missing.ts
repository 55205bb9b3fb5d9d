import { sql } from 'kysely';
import type { Connection } from './connection';
import { type KeyWindow, ledgerWindows } from './key-windows';
import { isItem } from './manifest-row';
import { findRunSpace } from './run-spaces';
import type { SpaceRunKey } from './store';

/** A number that no space has: of a run that discovered nothing here, everything is missing. */
const NO_SPACE = -1;

/** Whether the content of ledger row `l` may stand in Unique. */
export const mayStand = sql<boolean>`not (l.state = 'empty' and l.content_id is null and l.is_new = 0)`;

/** Whether the run's manifest has no item for ledger row `l`, or one that is empty now while its old content stands. */
export const isMissing = (spaceNo: number) => sql<boolean>`(${mayStand} and (l.state = 'empty' or (
  select 1 from manifest m where m.space_no = ${spaceNo} and m.item_key = l.item_key and ${isItem}) is null))`;

export const inWindow = ({ tenant, spaceKey }: SpaceRunKey, { after, last }: KeyWindow) => sql<boolean>`
  l.tenant = ${tenant} and l.space_key = ${spaceKey} and l.item_key > ${after} and l.item_key <= ${last}`;

/** Item keys of missing contents, by key, at most `limit`. */
export async function missingKeys(connection: Connection, key: SpaceRunKey, limit: number): Promise<string[]> {
  const spaceNo = await spaceNumber(connection, key);
  const found: string[] = [];
  for await (const window of ledgerWindows(connection, key.tenant, key.spaceKey)) {
    const { rows } = await sql<{ readonly item_key: string }>`
      select l.item_key from ledger l where ${inWindow(key, window)} and ${isMissing(spaceNo)}
      order by l.item_key limit ${limit - found.length}`.execute(connection.db);
    found.push(...rows.map((row) => row.item_key));
    if (found.length >= limit) break;
  }
  return found;
}

/** How many contents are missing. */
export async function countMissing(connection: Connection, key: SpaceRunKey): Promise<number> {
  const spaceNo = await spaceNumber(connection, key);
  let count = 0;
  for await (const window of ledgerWindows(connection, key.tenant, key.spaceKey)) {
    const { rows } = await sql<{ readonly missing: number }>`
      select count(*) as missing from ledger l where ${inWindow(key, window)} and ${isMissing(spaceNo)}`.execute(
      connection.db,
    );
    count += rows[0]?.missing ?? 0;
  }
  return count;
}

/** Kept candidates that {@link countMissing} does not count: the ledger does not know them, or knows nothing of a content. */
export async function countOtherCandidates({ db }: Connection, key: SpaceRunKey): Promise<number> {
  const space = await findRunSpace(db, key);
  if (space === undefined) return 0;
  const { rows } = await sql<{ readonly candidates: number }>`
    select count(*) as candidates from candidates c where c.space_no = ${space.space_no} and (
      select ${isMissing(space.space_no)} from ledger l
      where l.tenant = ${key.tenant} and l.space_key = ${key.spaceKey} and l.item_key = c.item_key) is not true`.execute(
    db,
  );
  return rows[0]?.candidates ?? 0;
}

/** The run's number of the space. */
export async function spaceNumber({ db }: Connection, key: SpaceRunKey): Promise<number> {
  return (await findRunSpace(db, key))?.space_no ?? NO_SPACE;
}
