import { sql } from 'kysely';
import { NO_ITEMS, type Totals } from '../rules/report';
import type { Connection } from './connection';
import { findRunSpace } from './run-spaces';
import type { SpaceRunKey } from './store';

/** Counts of a space's items to ingest, by action and outcome; unchanged ones have neither. */
async function readGroups({ db }: Connection, spaceNo: number) {
  return db
    .selectFrom('manifest')
    .select((eb) => ['action', 'outcome', eb.fn.countAll<number>().as('items')])
    .where('space_no', '=', spaceNo)
    .where(sql<boolean>`action is not null`)
    .groupBy(['action', 'outcome'])
    .execute();
}

/** Items by action; unchanged are those without one, once the space is compared. */
export async function countActions(
  connection: Connection,
  key: SpaceRunKey,
): Promise<{ readonly new: number; readonly updated: number; readonly unchanged: number }> {
  const space = await findRunSpace(connection.db, key);
  if (space === undefined) return { new: 0, updated: 0, unchanged: 0 };
  const groups = await readGroups(connection, space.space_no);
  const count = (action: 'new' | 'updated') => sum(groups.filter((group) => group.action === action));
  const unchanged = space.is_compared === 1 ? space.items - sum(groups) : 0;
  return { new: count('new'), updated: count('updated'), unchanged };
}

/**
 * What the run did in the space: an item counts as new or updated when it was ingested, and as failed as long as it has
 * a failure, in whatever step.
 */
export async function readTotals(connection: Connection, key: SpaceRunKey): Promise<Totals> {
  const space = await findRunSpace(connection.db, key);
  const groups = space === undefined ? [] : await readGroups(connection, space.space_no);
  const done = groups.filter(({ outcome }) => outcome === 'done');
  const { failed } = await connection.db
    .selectFrom('failures')
    .select((eb) => eb.fn.countAll<number>().as('failed'))
    .where('tenant', '=', key.tenant)
    .where('run', '=', key.run)
    .where('space_key', '=', key.spaceKey)
    .where('item_key', '!=', '')
    .executeTakeFirstOrThrow();
  return {
    ...NO_ITEMS,
    discovered: space?.items ?? 0,
    new: sum(done.filter(({ action }) => action === 'new')),
    updated: sum(done.filter(({ action }) => action === 'updated')),
    unchanged: space?.is_compared === 1 ? space.items - sum(groups) : 0,
    skipped: sum(groups.filter(({ outcome }) => outcome === 'skipped')),
    failed,
  };
}

const sum = (groups: readonly { readonly items: number }[]): number =>
  groups.reduce((total, { items }) => total + items, 0);
