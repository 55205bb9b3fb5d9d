import { sql, type Transaction } from 'kysely';
import type { Schema } from './schema';
import type { RunKey } from './store';

export const DAY_MS = 24 * 60 * 60 * 1000;

/** Per space of a tenant. Approved removals and moves count nowhere. */
export interface CountsBySpace {
  /** Only contents that stood there a day before the run began: what came since then excuses none of their removals. */
  readonly isLasting: boolean;
  readonly stored: ReadonlyMap<string, number>;
  /** Removed in the last 24 hours. */
  readonly done: ReadonlyMap<string, number>;
  /** What this run would remove and did not yet. */
  readonly planned: ReadonlyMap<string, number>;
  /** Of this, what was let go. */
  readonly released: ReadonlyMap<string, number>;
}

/** By the largest count stored before any run of the last 24 hours. */
export async function countAll(open: Transaction<Schema>, key: RunKey, at: number): Promise<CountsBySpace> {
  const { tenant, run } = key;
  const since = at - DAY_MS;
  // A dry run counts in the middle of a sync: what that has just ingested must excuse no removal of another run.
  const stored = await bySpace(
    open,
    sql`select space_key, max(stored) as items from stored_counts c where tenant = ${tenant} and at >= ${since}
      and (run = ${run} or not exists (
        select 1 from runs r where r.tenant = c.tenant and r.run = c.run and r.is_plan = 1)) group by space_key`,
  );
  const any = sql<boolean>`1 = 1`;
  const done = await countDone(open, key, since, any);
  return { isLasting: false, stored, done, ...(await countPlanned(open, key, any)) };
}

/** By the contents that stood there a day before the run began: those that are left, and those that were removed since. */
export async function countLasting(open: Transaction<Schema>, key: RunKey, at: number): Promise<CountsBySpace> {
  const { tenant, run } = key;
  const { rows } = await sql<{ readonly at: number | null }>`
    select max(at) as at from stored_counts where tenant = ${tenant} and run = ${run} and lasting is not null`.execute(
    open,
  );
  const countedAt = rows[0]?.at;
  const none = new Map<string, number>();
  if (countedAt == null) return { isLasting: true, stored: none, done: none, planned: none, released: none };
  const before = Number(countedAt) - DAY_MS;
  const since = at - DAY_MS;
  const left = await bySpace(
    open,
    sql`select space_key, lasting as items from stored_counts where tenant = ${tenant} and run = ${run}`,
  );
  const gone = await bySpace(
    open,
    sql`select space_key, count(*) as items from removals where tenant = ${tenant} and run <> ${run} and at >= ${since}
      and ${isLasting('removals', before)} group by space_key`,
  );
  return {
    isLasting: true,
    stored: new Map([...left].map(([space, items]) => [space, items + (gone.get(space) ?? 0)])),
    done: await countDone(open, key, since, isLasting('removals', before)),
    ...(await countPlanned(
      open,
      key,
      sql<boolean>`exists (select 1 from ledger l where l.tenant = p.tenant and l.space_key = p.space_key
        and l.item_key = p.item_key and ${isLasting('l', before)})`,
    )),
  };
}

const isLasting = (table: string, before: number) =>
  sql<boolean>`(${sql.ref(`${table}.stored_since`)} is null or ${sql.ref(`${table}.stored_since`)} < ${before})`;

type Condition = ReturnType<typeof sql<boolean>>;

function countDone(open: Transaction<Schema>, { tenant }: RunKey, since: number, which: Condition) {
  return bySpace(
    open,
    sql`select space_key, count(*) as items from removals
      where tenant = ${tenant} and at >= ${since} and is_move = 0 and is_approved = 0 and ${which} group by space_key`,
  );
}

async function countPlanned(open: Transaction<Schema>, { tenant, run }: RunKey, which: Condition) {
  const count = (isReleased: Condition) =>
    bySpace(
      open,
      sql`select space_key, count(*) as items from removal_plan p where tenant = ${tenant} and run = ${run}
        and verdict = 'remove' and to_space is null and is_approved = 0 and outcome is null and ${isReleased} and ${which}
        group by space_key`,
    );
  return { planned: await count(sql<boolean>`1 = 1`), released: await count(sql<boolean>`is_released = 1`) };
}

async function bySpace(open: Transaction<Schema>, query: ReturnType<typeof sql>): Promise<Map<string, number>> {
  const { rows } = await (
    query as ReturnType<typeof sql<{ readonly space_key: string; readonly items: number }>>
  ).execute(open);
  return new Map(rows.map((row) => [row.space_key, Number(row.items)]));
}

export const sum = (counted: ReadonlyMap<string, number>): number =>
  [...counted.values()].reduce((total, items) => total + items, 0);
