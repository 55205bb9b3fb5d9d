import { sql } from 'kysely';
import type { BudgetLedger } from '../http/budget';
import type { Connection } from './connection';

/** Send times of each target in one row that all processes and tenants share. @see {@link BudgetLedger} */
export function createBudgetLedger({ db, dialect }: Connection): BudgetLedger {
  return {
    reserve: (target, count, intervalMs, now) =>
      db.transaction().execute(async (open) => {
        await open
          .insertInto('budgets')
          .values({ target, next_at: 0, paused_until: 0 })
          .onConflict((conflict) => conflict.column('target').doNothing())
          .execute();
        const query = open.selectFrom('budgets').select(['next_at', 'paused_until']).where('target', '=', target);
        const row = await dialect.lock(query).executeTakeFirstOrThrow();
        const firstAt = Math.max(now, row.next_at, row.paused_until);
        await open
          .updateTable('budgets')
          .set({ next_at: firstAt + count * intervalMs })
          .where('target', '=', target)
          .execute();
        return { firstAt, count };
      }),

    async pause(target, until) {
      await db
        .insertInto('budgets')
        .values({ target, next_at: 0, paused_until: until })
        .onConflict((conflict) =>
          conflict
            .column('target')
            .doUpdateSet({ paused_until: until })
            .where(sql.ref<number>('budgets.paused_until'), '<', until),
        )
        .execute();
    },

    async pausedUntil(target) {
      const row = await db.selectFrom('budgets').select('paused_until').where('target', '=', target).executeTakeFirst();
      return row?.paused_until ?? 0;
    },
  };
}
