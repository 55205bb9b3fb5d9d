import { sql, type Transaction } from 'kysely';
import type { RemovalCounts } from '../rules/guard';
import type { Blocked } from '../rules/report';
import { chunks } from './chunks';
import { type CountsBySpace, countAll, countLasting, DAY_MS, sum } from './removal-counts';
import type { Connection } from './connection';
import type { Dialect } from './dialect';
import type { GuardCounts, Removals } from './removals-api';
import type { Schema } from './schema';
import type { SpaceRunKey, Writer } from './store';
import { requireWriter } from './writer-check';

/** How long a blocked set may be approved. */
export const SETS_ARE_KEPT_MS = 7 * DAY_MS;

type GuardPart = Pick<Removals, 'countStored' | 'release' | 'blockedOf' | 'blockedSet' | 'purge'>;

/** Counts for the guard, and the sets that it holds back. */
export function createRemovalGuard({ db, dialect }: Connection): GuardPart {
  return {
    async countStored({ tenant, run }, at) {
      await sql`
        insert into stored_counts (tenant, run, space_key, stored, lasting, at)
        select ${tenant}, ${run}, space_key, count(*),
          sum(case when stored_since is null or stored_since < ${at - DAY_MS} then 1 else 0 end), cast(${at} as bigint)
        from ledger
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
        const blocked = await askGuard(open, writer, itemKeys, judge, at);
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

/** What the guard says to the removals of a space: by all its contents, then by the lasting ones alone. */
export async function askGuard(
  open: Transaction<Schema>,
  key: SpaceRunKey,
  itemKeys: readonly string[],
  judge: (counts: GuardCounts, itemKeys: readonly string[]) => Blocked | undefined,
  at: number,
): Promise<Blocked | undefined> {
  for (const count of [countAll, countLasting]) {
    const blocked = judge(countsOfSpace(await count(open, key, at), key.spaceKey), itemKeys);
    if (blocked !== undefined) return blocked;
  }
  return undefined;
}

/** Removals done and planned of the space, and those that other spaces of this run may still do. */
function countsOfSpace({ isLasting, stored, done, planned, released }: CountsBySpace, spaceKey: string): GuardCounts {
  const own = planned.get(spaceKey) ?? 0;
  const isEmptied = (key: string, more: number): boolean => {
    const had = stored.get(key) ?? 0;
    return had > 0 && (done.get(key) ?? 0) + more >= had;
  };
  const others = [...stored.keys()].filter((key) => key !== spaceKey);
  const ofOthers = sum(released) - (released.get(spaceKey) ?? 0);
  return {
    space: { isLasting, done: done.get(spaceKey) ?? 0, planned: own, stored: stored.get(spaceKey) ?? 0 },
    tenant: { isLasting, done: sum(done) + ofOthers, planned: own, stored: sum(stored) },
    emptiedSpaces: {
      isLasting,
      done: others.filter((key) => isEmptied(key, released.get(key) ?? 0)).length,
      planned: own > 0 && isEmptied(spaceKey, own) ? 1 : 0,
      stored: stored.size,
    },
  } satisfies Record<keyof GuardCounts, RemovalCounts>;
}
