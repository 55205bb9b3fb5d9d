import { sql } from 'kysely';
import type { ItemKind } from '../rules/item';
import { breathe, chunks } from './chunks';
import type { Connection } from './connection';
import { PlanOvertakenError } from './errors';
import { findRunSpace, type RunSpace } from './run-spaces';
import type { SliceCutTable, SliceTable } from './schema';
import type { SliceBounds, SliceRanges, SpaceRunKey } from './store';

const ITEMS_A_READ = 5_000;
const NO_SLICES: SliceRanges = { pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 } };

/**
 * Cuts the items of a round into slices, behind those of earlier rounds. A round that is cut stays as it is.
 *
 * @param retry the round; 0 is the first
 * @throws {PlanOvertakenError} when the space is not compared, or was compared again meanwhile
 */
export async function cutRound(
  connection: Connection,
  key: SpaceRunKey,
  retry: number,
  bounds: SliceBounds,
): Promise<SliceRanges> {
  const { db, dialect } = connection;
  const space = await findRunSpace(db, key);
  if (space === undefined) return NO_SLICES;
  const cuts = await db.selectFrom('slice_cuts').selectAll().where('space_no', '=', space.space_no).execute();
  const done = cuts.find((cut) => cut.retry === retry);
  if (done !== undefined) return toRanges(done);
  if (space.is_compared === 0) throw new PlanOvertakenError(key);

  const fromPage = Math.max(0, ...cuts.map((cut) => cut.pages_to));
  const fromAttachment = Math.max(0, ...cuts.map((cut) => cut.attachments_to));
  const pages = await cutKind(connection, space, retry, 'page', fromPage, bounds);
  const attachments = await cutKind(connection, space, retry, 'attachment', fromAttachment, bounds);
  const cut: SliceCutTable = {
    space_no: space.space_no,
    retry,
    pages_from: fromPage,
    pages_to: fromPage + pages.length,
    attachments_from: fromAttachment,
    attachments_to: fromAttachment + attachments.length,
  };
  return db.transaction().execute(async (open) => {
    const now = await dialect
      .lock(open.selectFrom('run_spaces').selectAll().where('space_no', '=', space.space_no))
      .executeTakeFirst();
    const other = await open
      .selectFrom('slice_cuts')
      .selectAll()
      .where('space_no', '=', space.space_no)
      .where('retry', '=', retry)
      .executeTakeFirst();
    if (other !== undefined) return toRanges(other);
    if (now?.plan_no !== space.plan_no || now.is_compared === 0) throw new PlanOvertakenError(key);
    await open.insertInto('slice_cuts').values(cut).execute();
    for (const chunk of chunks([...pages, ...attachments])) {
      const given = dialect.rows(chunk, SLICE_COLUMNS);
      await sql`insert into slices (space_no, kind, number, retry, after_key, last_key)
        select space_no, kind, number, retry, after_key, last_key from ${given} as given`.execute(open);
    }
    await open.updateTable('run_spaces').set({ is_cut: 1 }).where('space_no', '=', space.space_no).execute();
    return toRanges(cut);
  });
}

const SLICE_COLUMNS = {
  space_no: 'bigint',
  kind: 'text',
  number: 'bigint',
  retry: 'bigint',
  after_key: 'text',
  last_key: 'text',
} as const;

/** The slices of one kind, as ranges of item keys; an item larger than the byte bound has a slice of its own. */
async function cutKind(
  { db }: Connection,
  { space_no }: RunSpace,
  retry: number,
  kind: ItemKind,
  from: number,
  bounds: SliceBounds,
): Promise<SliceTable[]> {
  const mostItems = kind === 'page' ? bounds.pages : bounds.attachments;
  const mostBytes = kind === 'page' ? Infinity : bounds.attachmentBytes;
  const slices: SliceTable[] = [];
  let current = { items: 0, bytes: 0, after: '', last: '' };
  const close = () => {
    if (current.items === 0) return;
    const { after, last } = current;
    slices.push({ space_no, kind, number: from + slices.length, retry, after_key: after, last_key: last });
    current = { items: 0, bytes: 0, after: last, last };
  };
  for (let after = ''; ;) {
    const items = await db
      .selectFrom('manifest')
      .select(['item_key', 'size'])
      .where('space_no', '=', space_no)
      .where('kind', '=', kind)
      .where('item_key', '>', after)
      .where(sql<boolean>`action is not null`)
      .where('retry', '=', retry)
      .orderBy('item_key')
      .limit(ITEMS_A_READ)
      .execute();
    for (const { item_key, size } of items) {
      // An unknown size counts nothing: it is read before the item is registered.
      const bytes = size ?? 0;
      if (current.items >= mostItems || current.bytes + bytes > mostBytes) close();
      current = { ...current, items: current.items + 1, bytes: current.bytes + bytes, last: item_key };
    }
    if (items.length < ITEMS_A_READ) break;
    after = items.at(-1)?.item_key ?? after;
    await breathe();
  }
  close();
  return slices;
}

function toRanges(cut: SliceCutTable): SliceRanges {
  return {
    pages: { from: cut.pages_from, to: cut.pages_to },
    attachments: { from: cut.attachments_from, to: cut.attachments_to },
  };
}
