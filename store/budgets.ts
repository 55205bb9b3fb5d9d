import type { Kysely } from 'kysely';
import type { BudgetLedger } from '../http/budget';
import type { Database } from './schema';

/** Send times of a target, shared by all workers on this store: a row that moves forward by what was reserved. */
export function createBudgets(db: Kysely<Database>): BudgetLedger {
  const read = async (tx: Kysely<Database>, target: string) => {
    const row = await tx.selectFrom('budgets').where('target', '=', target).selectAll().executeTakeFirst();
    return { nextAt: Number(row?.next_at ?? 0), pausedUntil: Number(row?.paused_until ?? 0) };
  };
  const write = async (tx: Kysely<Database>, target: string, next_at: number, paused_until: number) => {
    await tx
      .insertInto('budgets')
      .values({ target, next_at, paused_until })
      .onConflict((on) => on.column('target').doUpdateSet({ next_at, paused_until }))
      .execute();
  };
  return {
    reserve: (target, count, intervalMs, now) =>
      db.transaction().execute(async (tx) => {
        const { nextAt, pausedUntil } = await read(tx, target);
        const firstAt = Math.max(now, nextAt, pausedUntil);
        await write(tx, target, firstAt + count * intervalMs, pausedUntil);
        return { firstAt, count };
      }),
    pause: (target, until) =>
      db.transaction().execute(async (tx) => {
        const { nextAt, pausedUntil } = await read(tx, target);
        await write(tx, target, nextAt, Math.max(pausedUntil, until));
      }),
  };
}
