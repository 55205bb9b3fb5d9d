import { sql } from 'kysely';
import { isSettled, type Judgement, ofLedgerRow } from './compare';
import type { Connection } from './connection';
import { manifestWindows } from './key-windows';
import { isItem } from './manifest-row';
import { missingKeys } from './missing';
import { findRunSpace, type RunSpace } from './run-spaces';
import type { SpaceRunKey } from './store';

/** Whether something of the space must be looked at; cheap questions first. */
export async function hasWork(
  connection: Connection,
  key: SpaceRunKey,
  options: Judgement & { readonly comparedBefore: number },
): Promise<boolean> {
  const space = await findRunSpace(connection.db, key);
  if (space === undefined) return (await missingKeys(connection, key, 1)).length > 0;
  return (
    options.force === true ||
    (await isComparisonDue(connection, space, options.comparedBefore)) ||
    (await mustBeWalked(connection, space)) ||
    (await hasUnfinishedRows(connection, space)) ||
    (await hasFormerCopies(connection, space)) ||
    (await hasUnsettledItems(connection, space, options)) ||
    (await missingKeys(connection, key, 1)).length > 0
  );
}

async function isComparisonDue(
  { db }: Connection,
  { tenant, space_key, space_id }: RunSpace,
  before: number,
): Promise<boolean> {
  const known = await db
    .selectFrom('spaces')
    .select(['space_id', 'compared_at'])
    .where('tenant', '=', tenant)
    .where('space_key', '=', space_key)
    .executeTakeFirst();
  return known?.compared_at == null || known.space_id !== space_id || known.compared_at < before;
}

async function mustBeWalked({ db }: Connection, { space_no }: RunSpace): Promise<boolean> {
  // Written as literals: only so are the indexes of these rows used.
  for (const condition of [sql<boolean>`is_root = 1`, sql<boolean>`has_more = 1`]) {
    const row = await db
      .selectFrom('manifest')
      .select('item_key')
      .where('space_no', '=', space_no)
      .where(condition)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}

async function hasUnfinishedRows({ db }: Connection, { tenant, space_key }: RunSpace): Promise<boolean> {
  const row = await db
    .selectFrom('ledger')
    .select('item_key')
    .where('tenant', '=', tenant)
    .where('space_key', '=', space_key)
    .where('state', 'in', ['registering', 'removing'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined || (await hasTombstones());

  /** One that is listed again must be taken back. */
  async function hasTombstones(): Promise<boolean> {
    const absent = await db
      .selectFrom('ledger')
      .select('item_key')
      .where('tenant', '=', tenant)
      .where('space_key', '=', space_key)
      .where('absent_since', 'is not', null)
      .limit(1)
      .executeTakeFirst();
    return absent !== undefined;
  }
}

async function hasFormerCopies({ db }: Connection, { tenant, space_key }: RunSpace): Promise<boolean> {
  const row = await db
    .selectFrom('former_copies')
    .select('item_key')
    .where('tenant', '=', tenant)
    .where('space_key', '=', space_key)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function hasUnsettledItems(connection: Connection, space: RunSpace, judgement: Judgement): Promise<boolean> {
  for await (const { after, last } of manifestWindows(connection, space.space_no)) {
    const { rows } = await sql`
      select m.item_key from manifest m
      where m.space_no = ${space.space_no} and m.item_key > ${after} and m.item_key <= ${last} and ${isItem}
        and ${ofLedgerRow({ tenant: space.tenant, spaceKey: space.space_key }, isSettled(connection, judgement))} is not true
      limit 1`.execute(connection.db);
    if (rows.length > 0) return true;
  }
  return false;
}
