import { sql, type Transaction } from 'kysely';
import type { RemovalCounts } from '../rules/guard';
import type { Blocked } from '../rules/report';
import { chunks } from './chunks';
import type { Connection } from './connection';
import type { Dialect } from './dialect';
import type { GuardCounts, Removals } from './removals-api';
import type { Schema } from './schema';
import type { RunKey, SpaceRunKey, Writer } from './store';
import { requireWriter } from './writer-check';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a blocked set may be approved. */
export const SETS_ARE_KEPT_MS = 7 * DAY_MS;

type GuardPart = Pick<Removals, 'countStored' | 'release' | 'blockedOf' | 'blockedSet' | 'purge'>;

/** Counts for the guard, and the sets that it holds back. */
export function createRemovalGuard({ db, dialect }: Connection): GuardPart {
  return {
    async countStored({ tenant, run }, at) {
      await sql`
        insert into stored_counts (tenant, run, space_key, stored, at)
        select ${tenant}, ${run}, space_key, count(*), cast(${at} as bigint) from ledger
        where state in ('finalized', 'removing') and tenant = ${tenant} group by space_key
        on conflict (tenant, run, space_key) do nothing`.execute(db);
      await db
        .deleteFrom('stored_counts')
        .where('at', '<', at - 2 * DAY_MS)
        .execute();
    },

    release: (writer, approved, judge, at) =>
      db.transaction().execute(async (open) => {
        await requireWriter(open, dialect, writer);
        // Spaces of a run judge one after the other.
        const { tenant, run } = writer;
        const ofRun = open.selectFrom('runs').select('run').where('tenant', '=', tenant).where('run', '=', run);
        await dialect.lock(ofRun).executeTakeFirst();
        await markApproved(open, writer, [...approved]);
        const itemKeys = await unapprovedKeys(open, writer);
        const blocked = judge(await countForGuard(open, writer, itemKeys.length, at), itemKeys);
        if (blocked !== undefined) await keepBlockedSet(open, dialect, writer, blocked, itemKeys, at);
        const released = await releaseRows(open, writer, blocked !== undefined);
        return { released, ...(blocked === undefined ? {} : { blocked }) };
      }),

    async blockedOf({ tenant, run, spaceKey }) {
      const row = await db
        .selectFrom('blocked_sets')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('run', '=', run)
        .where('space_key', '=', spaceKey)
        .orderBy('at', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { fingerprint, reason, deletions, stored } = row;
      return { fingerprint, reason, deletions, stored };
    },

    async blockedSet(tenant, fingerprint, now) {
      const row = await db
        .selectFrom('blocked_sets')
        .select('space_key')
        .where('tenant', '=', tenant)
        .where('fingerprint', '=', fingerprint)
        .where('at', '>=', now - SETS_ARE_KEPT_MS)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const items = await db
        .selectFrom('blocked_items')
        .select('item_key')
        .where('tenant', '=', tenant)
        .where('fingerprint', '=', fingerprint)
        .orderBy('item_key')
        .execute();
      return { spaceKey: row.space_key, itemKeys: items.map((item) => item.item_key) };
    },

    async purge(before, now) {
      await db.deleteFrom('removals').where('at', '<', before).execute();
      const old = now - SETS_ARE_KEPT_MS;
      await sql`
        delete from blocked_items where exists (select 1 from blocked_sets s
          where s.tenant = blocked_items.tenant and s.fingerprint = blocked_items.fingerprint and s.at < ${old})`.execute(
        db,
      );
      await db.deleteFrom('blocked_sets').where('at', '<', old).execute();
      await db.deleteFrom('blocked_groups').where('at', '<', old).execute();
    },
  };

  async function markApproved(open: Transaction<Schema>, writer: Writer, itemKeys: readonly string[]): Promise<void> {
    for (const chunk of chunks(itemKeys)) {
      await planned(open, writer)
        .set({ is_approved: 1 })
        .where('verdict', '=', 'remove')
        .where(dialect.isIn('item_key', chunk))
        .execute();
    }
  }

  async function releaseRows(open: Transaction<Schema>, writer: Writer, isBlocked: boolean): Promise<number> {
    const due = planned(open, writer).set({ is_released: 1 }).where('verdict', '=', 'remove');
    const { numUpdatedRows } = await (
      isBlocked ? due.where((eb) => eb.or([eb('to_space', 'is not', null), eb('is_approved', '=', 1)])) : due
    ).executeTakeFirst();
    return Number(numUpdatedRows);
  }
}

/** Removals of a space's plan that came to nothing yet. */
export function planned(open: Transaction<Schema>, { tenant, run, spaceKey }: SpaceRunKey) {
  return open
    .updateTable('removal_plan')
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('space_key', '=', spaceKey)
    .where('outcome', 'is', null);
}

/** Sorted keys of the space's removals that are no moves and that nobody approved. */
export async function unapprovedKeys(
  open: Transaction<Schema>,
  { tenant, run, spaceKey }: SpaceRunKey,
): Promise<string[]> {
  const rows = await open
    .selectFrom('removal_plan')
    .select('item_key')
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('space_key', '=', spaceKey)
    .where('verdict', '=', 'remove')
    .where('to_space', 'is', null)
    .where('is_approved', '=', 0)
    .where('outcome', 'is', null)
    .orderBy('item_key')
    .execute();
  return rows.map((row) => row.item_key);
}

/** Keeps a set for an approval. @param of without a run: a dry run blocks nothing by itself */
export async function keepBlockedSet(
  open: Transaction<Schema>,
  dialect: Dialect,
  of: { readonly tenant: string; readonly spaceKey: string; readonly run?: string },
  { fingerprint, reason, deletions, stored }: Blocked,
  itemKeys: readonly string[],
  at: number,
): Promise<void> {
  const { tenant, spaceKey, run } = of;
  const values = { space_key: spaceKey, reason, deletions, stored, at };
  await open
    .insertInto('blocked_sets')
    .values({ tenant, fingerprint, run: run ?? '', ...values })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'fingerprint']).doUpdateSet({ ...values, ...(run === undefined ? {} : { run }) }),
    )
    .execute();
  for (const chunk of chunks(itemKeys)) {
    await sql`
      insert into blocked_items (tenant, fingerprint, item_key)
      select ${tenant}, ${fingerprint}, item_key from ${dialect.rows(
        chunk.map((itemKey) => ({ item_key: itemKey })),
        { item_key: 'text' },
      )} as given where true
      on conflict (tenant, fingerprint, item_key) do nothing`.execute(open);
  }
}

/** What the guard judges one space by: removals done, and those that other spaces of this run may still do. */
export async function countForGuard(
  open: Transaction<Schema>,
  { tenant, run, spaceKey }: SpaceRunKey,
  planned: number,
  at: number,
): Promise<GuardCounts> {
  const { stored, done, released } = await countBySpace(open, { tenant, run }, at);
  released.delete(spaceKey);
  const isEmptied = (key: string, more: number): boolean => {
    const had = stored.get(key) ?? 0;
    return had > 0 && (done.get(key) ?? 0) + more >= had;
  };
  const others = [...stored.keys()].filter((key) => key !== spaceKey);
  return {
    space: { done: done.get(spaceKey) ?? 0, planned, stored: stored.get(spaceKey) ?? 0 },
    tenant: { done: sum(done) + sum(released), planned, stored: sum(stored) },
    emptiedSpaces: {
      done: others.filter((key) => isEmptied(key, released.get(key) ?? 0)).length,
      planned: planned > 0 && isEmptied(spaceKey, planned) ? 1 : 0,
      stored: stored.size,
    },
  } satisfies Record<keyof GuardCounts, RemovalCounts>;
}

/** Per space of the tenant: the largest count stored, removals done, and those that this run let go and did not do yet. */
export async function countBySpace(
  open: Transaction<Schema>,
  { tenant, run }: RunKey,
  at: number,
): Promise<Record<'stored' | 'done' | 'released', Map<string, number>>> {
  const since = at - DAY_MS;
  // A dry run counts in the middle of a sync: what that has just ingested must excuse no removal of another run.
  const stored = await bySpace(
    sql`select space_key, max(stored) as items from stored_counts c where tenant = ${tenant} and at >= ${since}
      and (run = ${run} or not exists (
        select 1 from runs r where r.tenant = c.tenant and r.run = c.run and r.is_plan = 1)) group by space_key`,
  );
  const done = await bySpace(
    sql`select space_key, count(*) as items from removals
      where tenant = ${tenant} and at >= ${since} and is_move = 0 and is_approved = 0 group by space_key`,
  );
  const released = await bySpace(
    sql`select space_key, count(*) as items from removal_plan where tenant = ${tenant} and run = ${run}
      and verdict = 'remove' and to_space is null and is_approved = 0 and is_released = 1 and outcome is null group by space_key`,
  );
  return { stored, done, released };

  async function bySpace(query: ReturnType<typeof sql>): Promise<Map<string, number>> {
    const { rows } = await (
      query as ReturnType<typeof sql<{ readonly space_key: string; readonly items: number }>>
    ).execute(open);
    return new Map(rows.map((row) => [row.space_key, Number(row.items)]));
  }
}

export const sum = (counted: ReadonlyMap<string, number>): number =>
  [...counted.values()].reduce((total, items) => total + items, 0);
