import { sql } from 'kysely';
import type { ItemKind } from '../rules/item';
import type { Connection } from './connection';
import { ofLedgerRow } from './compare';
import { type DiscoveredColumns, DISCOVERED_COLUMNS, fromColumns } from './manifest-row';
import { findRunSpace } from './run-spaces';
import type { SliceRow, SpaceRunKey } from './store';

const COLUMNS = sql.join(
  Object.keys(DISCOVERED_COLUMNS).map((column) => sql.ref(`m.${column}`)),
  sql`, `,
);

/** What is finalized, whole and beyond doubt: only another fingerprint asks for it once more. */
const standing = sql<
  string | null
>`case when l.state = 'finalized' and l.content_id is not null and l.failure_step is null
  and l.doubt_since is null then l.fingerprint end`;

/** The rows of a slice that have no outcome yet, by key. */
export async function readSlice(
  { db }: Connection,
  key: SpaceRunKey,
  kind: ItemKind,
  slice: number,
): Promise<SliceRow[]> {
  const space = await findRunSpace(db, key);
  if (space === undefined) return [];
  const { is_forced, space_no, space_key: spaceKey, space_id: spaceId, space_name: spaceName } = space;
  const { rows } = await sql<
    DiscoveredColumns & {
      readonly action: 'new' | 'updated';
      readonly content_id: string | null;
      readonly standing: string | null;
      readonly ledger_version: number | null;
    }
  >`
    select ${COLUMNS}, m.action, ${ofLedgerRow(key, sql`l.content_id`)} as content_id,
      ${ofLedgerRow(key, standing)} as standing, ${ofLedgerRow(key, sql`l.version`)} as ledger_version
    from slices s
    join manifest m on m.space_no = s.space_no and m.kind = s.kind and m.item_key > s.after_key and m.item_key <= s.last_key
      and m.retry = s.retry and m.action is not null and m.outcome is null
    where s.space_no = ${space_no} and s.kind = ${kind} and s.number = ${slice}
    order by m.item_key`.execute(db);
  return rows.map((row) => ({
    ...fromColumns({ spaceKey, spaceId, spaceName }, row),
    action: row.action,
    // Also new: what the ledger knows but the platform lacks.
    isNew: row.action === 'new' || row.content_id === null,
    ...(row.standing === null || row.ledger_version === null || row.action === 'new' || is_forced === 1
      ? {}
      : { standing: { fingerprint: row.standing, version: row.ledger_version } }),
  }));
}
