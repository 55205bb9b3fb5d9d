import { sql } from 'kysely';
import { chunks } from './chunks';
import type { Connection } from './connection';
import { askGuard, keepBlockedSet, unapprovedKeys } from './removal-guard';
import { writeVerdicts } from './removal-plan';
import type { Removals } from './removals-api';

type DryPart = Pick<Removals, 'addToDryPlan' | 'judgeDryPlan' | 'plannedTotals' | 'planned'>;

interface PlannedColumns {
  readonly space_key: string;
  readonly item_key: string;
  readonly why: string;
  readonly is_released: number;
}

/** Removals of a dry run: judged and guarded like those of a sync, by nobody who may write, and never done. */
export function createDryRemovals({ db, dialect }: Connection): DryPart {
  return {
    async addToDryPlan(key, judged) {
      for (const chunk of chunks(judged)) {
        await db.transaction().execute((open) => writeVerdicts(open, dialect, key, chunk));
      }
    },

    judgeDryPlan: (key, judge, at) =>
      db.transaction().execute(async (open) => {
        const { tenant, run, spaceKey } = key;
        const itemKeys = await unapprovedKeys(open, key);
        const blocked = await askGuard(open, key, itemKeys, judge, at);
        // The run of a sync may have blocked the same set at this moment: it stays that run's.
        if (blocked !== undefined) await keepBlockedSet(open, dialect, { tenant, spaceKey }, blocked, itemKeys, at);
        const going = open
          .updateTable('removal_plan')
          .set({ is_released: 1 })
          .where('tenant', '=', tenant)
          .where('run', '=', run)
          .where('space_key', '=', spaceKey)
          .where('verdict', '=', 'remove');
        await (blocked === undefined ? going : going.where('to_space', 'is not', null)).execute();
        return blocked;
      }),

    async plannedTotals({ tenant, run, spaceKey }) {
      const { rows } = await sql<{ readonly is_move: number; readonly items: number }>`
        select case when to_space is null then 0 else 1 end as is_move, count(*) as items from removal_plan
        where tenant = ${tenant} and run = ${run} and space_key = ${spaceKey} and is_released = 1 group by 1`.execute(
        db,
      );
      const of = (move: number) => Number(rows.find((row) => Number(row.is_move) === move)?.items ?? 0);
      return { deleted: of(0), moved: of(1) };
    },

    async planned({ tenant, run }, limit) {
      const { rows } = await sql<PlannedColumns>`
        select space_key, item_key, why, is_released from removal_plan
        where tenant = ${tenant} and run = ${run} and verdict = 'remove'
        order by space_key, item_key limit ${limit}`.execute(db);
      return rows.map(({ space_key: spaceKey, item_key: itemKey, why, is_released }) => {
        return { spaceKey, itemKey, evidence: why, ...(Number(is_released) === 0 ? { isBlocked: true as const } : {}) };
      });
    },
  };
}
