import { sql } from 'kysely';
import { breathe } from './chunks';
import type { Connection } from './connection';
import { type KeyWindow, ledgerWindows } from './key-windows';
import { isItem } from './manifest-row';
import { inWindow, isMissing, spaceNumber } from './missing';
import type { RemovalCandidate } from './removals-api';
import type { SpaceRunKey } from './store';

const CANDIDATES_A_CHUNK = 500;

interface CandidateColumns {
  readonly item_key: string;
  readonly space_id: string | null;
  readonly absent_since: number | null;
  readonly empty_version: number | null;
}

/** Missing ledger rows window by window, then what the platform has and the ledger does not know. */
export async function* removalCandidates(
  connection: Connection,
  key: SpaceRunKey,
): AsyncGenerator<readonly RemovalCandidate[]> {
  const spaceNo = await spaceNumber(connection, key);
  for await (const window of ledgerWindows(connection, key.tenant, key.spaceKey)) {
    yield* inChunks(await missingIn(connection, key, spaceNo, window));
  }
  yield* inChunks(await unknownToLedger(connection, key, spaceNo));
}

async function missingIn({ db }: Connection, key: SpaceRunKey, spaceNo: number, window: KeyWindow) {
  // Empty is what was read at the very version that is listed now: its fingerprint says so.
  const { rows } = await sql<CandidateColumns>`
    select l.item_key, l.space_id, l.absent_since, (
      select m.version from manifest m where m.space_no = ${spaceNo} and m.item_key = l.item_key and ${isItem}
        and l.state = 'empty' and m.fingerprint = l.fingerprint) as empty_version
    from ledger l where ${inWindow(key, window)} and ${isMissing(spaceNo)} order by l.item_key`.execute(db);
  return rows;
}

async function unknownToLedger({ db }: Connection, key: SpaceRunKey, spaceNo: number) {
  const { rows } = await sql<CandidateColumns>`
    select c.item_key, l.space_id, l.absent_since, null as empty_version
    from candidates c left join ledger l on l.tenant = ${key.tenant} and l.space_key = ${key.spaceKey} and l.item_key = c.item_key
    where c.space_no = ${spaceNo} and (l.item_key is null or not ${isMissing(spaceNo)}) order by c.item_key`.execute(
    db,
  );
  return rows;
}

async function* inChunks(rows: readonly CandidateColumns[]): AsyncGenerator<readonly RemovalCandidate[]> {
  for (let from = 0; from < rows.length; from += CANDIDATES_A_CHUNK) {
    yield rows.slice(from, from + CANDIDATES_A_CHUNK).map((row) => ({
      itemKey: row.item_key,
      ...(row.space_id === null || row.space_id === '' ? {} : { spaceId: row.space_id }),
      ...(row.absent_since === null ? {} : { absentSince: row.absent_since }),
      ...(row.empty_version === null ? {} : { emptyVersion: row.empty_version }),
    }));
    await breathe();
  }
}
