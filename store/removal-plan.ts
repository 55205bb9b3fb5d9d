import { type Selectable, sql, type Transaction } from 'kysely';
import { chunks } from './chunks';
import type { Connection } from './connection';
import type { Dialect } from './dialect';
import type { JudgedCandidate, JudgedRemoval, ReleasedRemoval, Removals } from './removals-api';
import type { RemovalPlanTable, Schema } from './schema';
import type { SpaceRunKey, Writer } from './store';
import { requireWriter } from './writer-check';

/** Why a removal stays that the guard blocked. */
export const HELD_BY_GUARD = 'waits for an approval';

type PlanPart = Pick<Removals, 'beginPlan' | 'addToPlan' | 'next' | 'recordHeld' | 'totals' | 'heldReasons'>;

/** What a run judged of each candidate, and what became of it. */
export function createRemovalPlan({ db, dialect }: Connection): PlanPart {
  return {
    async beginPlan(writer) {
      await db.transaction().execute(async (open) => {
        await requireWriter(open, dialect, writer);
        const { tenant, run, spaceKey } = writer;
        await open
          .deleteFrom('removal_plan')
          .where('tenant', '=', tenant)
          .where('run', '=', run)
          .where('space_key', '=', spaceKey)
          .where('outcome', 'is', null)
          .execute();
      });
    },

    async addToPlan(writer, judged, at) {
      for (const chunk of chunks(judged)) {
        await db.transaction().execute(async (open) => {
          await requireWriter(open, dialect, writer);
          await writeVerdicts(open, dialect, writer, chunk);
          await setTombstones(
            open,
            writer,
            chunk.filter(({ tombstone }) => tombstone === 'set'),
            at,
          );
          await clearTombstones(
            open,
            writer,
            chunk.filter(({ tombstone }) => tombstone === 'clear'),
          );
        });
      }
    },

    async next(key, limit) {
      const rows = await ofSpace(key)
        .where('is_released', '=', 1)
        .where('verdict', '=', 'remove')
        .where('outcome', 'is', null)
        .orderBy('item_key')
        .limit(limit)
        .execute();
      return rows.map(toReleased);
    },

    async recordHeld(writer, items) {
      if (items.length === 0) return;
      const { tenant, run, spaceKey } = writer;
      await db.transaction().execute(async (open) => {
        await requireWriter(open, dialect, writer);
        const given = dialect.rows(
          items.map(({ itemKey, why }) => ({ item_key: itemKey, why })),
          { item_key: 'text', why: 'text' },
        );
        await sql`
          update removal_plan set outcome = 'held', why = given.why from ${given} as given
          where removal_plan.tenant = ${tenant} and removal_plan.run = ${run} and removal_plan.space_key = ${spaceKey}
            and removal_plan.item_key = given.item_key`.execute(open);
      });
    },

    async totals({ tenant, run, spaceKey }) {
      const rows = await db
        .selectFrom('removal_plan')
        .select((eb) => [
          eb.case().when('to_space', 'is', null).then(0).else(1).end().as('is_move'),
          eb.fn.countAll<number>().as('items'),
        ])
        .where('tenant', '=', tenant)
        .where('run', '=', run)
        .where('space_key', '=', spaceKey)
        .where('outcome', '=', 'removed')
        .groupBy('is_move')
        .execute();
      const of = (move: number) => rows.find((row) => Number(row.is_move) === move)?.items ?? 0;
      return { deleted: of(0), moved: of(1) };
    },

    async heldReasons({ tenant, run, spaceKey }, limit) {
      const { rows } = await sql<{ readonly why: string; readonly items: number }>`
        select case when verdict = 'remove' and outcome is null then ${HELD_BY_GUARD} else why end as why, count(*) as items
        from removal_plan where tenant = ${tenant} and run = ${run} and space_key = ${spaceKey}
          and (verdict = 'hold' or outcome = 'held' or (outcome is null and is_released = 0))
        group by 1 order by 2 desc, 1 limit ${limit}`.execute(db);
      return rows;
    },
  };

  function ofSpace({ tenant, run, spaceKey }: SpaceRunKey) {
    return db
      .selectFrom('removal_plan')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('run', '=', run)
      .where('space_key', '=', spaceKey);
  }

  /** An item that only the platform knows gets a ledger row: the next run must know since when it is absent. */
  async function setTombstones(
    open: Transaction<Schema>,
    { tenant, run, spaceKey }: Writer,
    judged: readonly JudgedCandidate[],
    at: number,
  ): Promise<void> {
    const given = dialect.rows(
      judged.map(({ itemKey, spaceId }) => ({ item_key: itemKey, space_id: spaceId })),
      { item_key: 'text', space_id: 'text' },
    );
    await sql`
      insert into ledger (tenant, space_key, item_key, space_id, state, run, attempt, is_new, attempts, absent_since, updated_at)
      select ${tenant}, ${spaceKey}, item_key, space_id, 'finalized', ${run}, '', 0, 0, cast(${at} as bigint), cast(${at} as bigint)
      from ${given} as given where true order by item_key
      on conflict (tenant, space_key, item_key) do update set
        absent_since = coalesce(ledger.absent_since, excluded.absent_since)`.execute(open);
  }

  async function clearTombstones(
    open: Transaction<Schema>,
    { tenant, spaceKey }: Writer,
    judged: readonly JudgedCandidate[],
  ): Promise<void> {
    if (judged.length === 0) return;
    await open
      .updateTable('ledger')
      .set({ absent_since: null })
      .where('tenant', '=', tenant)
      .where('space_key', '=', spaceKey)
      .where(
        dialect.isIn(
          'item_key',
          judged.map(({ itemKey }) => itemKey),
        ),
      )
      .where('absent_since', 'is not', null)
      .execute();
  }
}

/** Adds verdicts to a run's plan, or replaces those that came to nothing yet. */
export async function writeVerdicts(
  open: Transaction<Schema>,
  dialect: Dialect,
  { tenant, run, spaceKey }: SpaceRunKey,
  judged: readonly JudgedRemoval[],
): Promise<void> {
  const rows = judged.map((one) => ({
    item_key: one.itemKey,
    space_id: one.spaceId,
    verdict: one.verdict,
    why: one.why,
    to_space: one.toSpace ?? null,
    into_item: one.into?.itemKey ?? null,
    into_fingerprint: one.into?.fingerprint ?? null,
    is_empty: one.isEmpty ? 1 : 0,
    looked_up_at: one.lookedUpAt,
  }));
  const given = dialect.rows(rows, {
    item_key: 'text',
    space_id: 'text',
    verdict: 'text',
    why: 'text',
    to_space: 'text',
    into_item: 'text',
    into_fingerprint: 'text',
    is_empty: 'bigint',
    looked_up_at: 'bigint',
  });
  await sql`
    insert into removal_plan (tenant, run, space_key, item_key, space_id, verdict, why, to_space, into_item, into_fingerprint,
      is_empty, looked_up_at)
    select ${tenant}, ${run}, ${spaceKey}, item_key, space_id, verdict, why, to_space, into_item, into_fingerprint,
      is_empty, looked_up_at
    from ${given} as given where true order by item_key
    on conflict (tenant, run, space_key, item_key) do update set
      verdict = excluded.verdict, why = excluded.why, to_space = excluded.to_space, into_item = excluded.into_item,
      into_fingerprint = excluded.into_fingerprint, is_empty = excluded.is_empty, looked_up_at = excluded.looked_up_at
    where removal_plan.outcome is null`.execute(open);
}

function toReleased(row: Selectable<RemovalPlanTable>): ReleasedRemoval {
  return {
    itemKey: row.item_key,
    spaceId: row.space_id,
    verdict: row.verdict,
    why: row.why,
    ...(row.to_space === null ? {} : { toSpace: row.to_space }),
    ...(row.to_space === null || row.into_item === null || row.into_fingerprint === null
      ? {}
      : { into: { spaceKey: row.to_space, itemKey: row.into_item, fingerprint: row.into_fingerprint } }),
    isEmpty: row.is_empty === 1,
    lookedUpAt: row.looked_up_at,
    isApproved: row.is_approved === 1,
  };
}
