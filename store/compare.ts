import { type RawBuilder, sql } from 'kysely';
import { chunks } from './chunks';
import type { Connection } from './connection';
import { PlanOvertakenError } from './errors';
import { type KeyWindow, manifestWindows } from './key-windows';
import { isItem } from './manifest-row';
import { keepRunSpace } from './open-plan';
import { findRunSpace, type RunSpace } from './run-spaces';
import type { Force, SpaceRunKey } from './store';

export interface Judgement {
  readonly force: Force;
  /** Writes the plan and nothing else: tombstones stay. */
  readonly dryRun?: boolean;
  readonly doubtBefore: number;
}

/**
 * Whether the ledger row `l` says that nothing is to be done for the manifest row `m`; null where there is no row `l`.
 */
export function isSettled({ dialect }: Connection, { force, doubtBefore }: Judgement): RawBuilder<boolean> {
  const isForced = typeof force === 'boolean' ? sql`1 = ${force ? 1 : 0}` : dialect.isIn('m.page_id', force);
  return sql`(not ${isForced} and l.state in ('finalized', 'empty') and l.fingerprint = m.fingerprint
    and l.failure_step is null and (l.doubt_since is null or l.doubt_since >= ${Math.floor(doubtBefore)}))`;
}

/**
 * What the ledger row `l` of the manifest row `m` says; null where there is none. A subquery for each row and no join:
 * PostgreSQL without statistics would join a space's whole ledger to each item.
 */
export function ofLedgerRow<T>(
  { tenant, spaceKey }: Pick<SpaceRunKey, 'tenant' | 'spaceKey'>,
  says: RawBuilder<T>,
): RawBuilder<T | null> {
  return sql`(select ${says} from ledger l
    where l.tenant = ${tenant} and l.space_key = ${spaceKey} and l.item_key = m.item_key)`;
}

/** Writes the action of each item of the space, window by window, unless its slices are cut. */
export async function writeActions(connection: Connection, key: SpaceRunKey, judgement: Judgement): Promise<void> {
  const space = await findRunSpace(connection.db, key);
  if (space === undefined || space.is_cut === 1) return;
  const planNo = await begin(connection, space, judgement);
  for await (const window of manifestWindows(connection, space.space_no)) {
    const isGoingOn = await inPlan(connection, space.space_no, planNo, key, async (open) => {
      await writeWindow(connection, key, space, judgement, window).execute(open);
    });
    if (!isGoingOn) return;
  }
  if (judgement.dryRun !== true) await clearTombstones(connection, key, space.space_no);
  await inPlan(connection, space.space_no, planNo, key, async (open) => {
    await open.updateTable('run_spaces').set({ is_compared: 1 }).where('space_no', '=', space.space_no).execute();
  });
}

/** @returns the number of this comparison: a later one makes it stop */
async function begin({ db }: Connection, { space_no }: RunSpace, { doubtBefore, force }: Judgement): Promise<number> {
  const row = await db
    .updateTable('run_spaces')
    .set((eb) => ({
      plan_no: eb('plan_no', '+', 1),
      is_compared: 0,
      is_forced: force === false ? 0 : 1,
      doubt_before: Math.floor(doubtBefore),
    }))
    .where('space_no', '=', space_no)
    .where('is_cut', '=', 0)
    .returning('plan_no')
    .executeTakeFirst();
  return row?.plan_no ?? -1;
}

/** @returns false when slices were cut meanwhile: the actions stay */
async function inPlan(
  { db, dialect }: Connection,
  spaceNo: number,
  planNo: number,
  key: SpaceRunKey,
  work: (open: Connection['db']) => Promise<void>,
): Promise<boolean> {
  return db.transaction().execute(async (open) => {
    const now = await keepRunSpace(open, dialect, spaceNo);
    if (now === undefined || now.is_cut === 1) return false;
    if (now.plan_no !== planNo) throw new PlanOvertakenError(key);
    await work(open);
    return true;
  });
}

/** What is listed again is not absent. */
async function clearTombstones({ db, dialect }: Connection, { tenant, spaceKey }: SpaceRunKey, spaceNo: number) {
  const ofSpace = db.selectFrom('ledger').where('tenant', '=', tenant).where('space_key', '=', spaceKey);
  const absent = await ofSpace.select('item_key').where('absent_since', 'is not', null).execute();
  for (const chunk of chunks(absent.map((row) => row.item_key))) {
    const rows = await db
      .selectFrom('manifest')
      .select('item_key')
      .where('space_no', '=', spaceNo)
      .where(dialect.isIn('item_key', chunk))
      .where(isItem)
      .execute();
    const listed = rows.map((row) => row.item_key);
    await db
      .updateTable('ledger')
      .set({ absent_since: null })
      .where('tenant', '=', tenant)
      .where('space_key', '=', spaceKey)
      .where(dialect.isIn('item_key', listed))
      .execute();
  }
}

function writeWindow(
  connection: Connection,
  key: SpaceRunKey,
  { space_no }: RunSpace,
  judgement: Judgement,
  { after, last }: KeyWindow,
) {
  const verdict = sql`nullif(coalesce(${ofLedgerRow(
    key,
    sql`case when ${isSettled(connection, judgement)} then 'unchanged' when l.content_id is null or l.is_new = 1 then 'new' else 'updated' end`,
  )}, 'new'), 'unchanged')`;
  return sql`
    update manifest as m set action = ${verdict}
    where m.space_no = ${space_no} and m.item_key > ${after} and m.item_key <= ${last} and ${isItem}
      and m.action is distinct from ${verdict}`;
}
