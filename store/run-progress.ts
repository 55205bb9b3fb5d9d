import { sql } from 'kysely';
import type { Connection } from './connection';
import type { RunKey, RunProgress } from './store';

/** How far a run is: unchanged items are done as soon as their space is compared, the others when they have an outcome. */
export async function readProgress({ db }: Connection, { tenant, run }: RunKey): Promise<RunProgress> {
  const spaces = await db
    .selectFrom('run_spaces')
    .select((eb) => ['is_compared', eb.cast<number>(eb.fn.sum('items'), 'bigint').as('items')])
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .groupBy('is_compared')
    .execute();
  const outcomes = await db
    .selectFrom('run_spaces')
    .innerJoin('manifest', 'manifest.space_no', 'run_spaces.space_no')
    .select((eb) => ['manifest.outcome', eb.fn.countAll<number>().as('items')])
    .where('run_spaces.tenant', '=', tenant)
    .where('run_spaces.run', '=', run)
    .where('is_compared', '=', 1)
    .where(sql<boolean>`manifest.action is not null`)
    .groupBy('manifest.outcome')
    .execute();
  const count = (outcome: 'failed' | null) => outcomes.find((row) => row.outcome === outcome)?.items ?? 0;
  const compared = spaces.find((row) => row.is_compared === 1)?.items ?? 0;
  const failed = count('failed');
  const toDo = count(null);
  return {
    discovered: spaces.reduce((sum, { items }) => sum + items, 0),
    done: compared - failed - toDo,
    failed,
    toDo,
  };
}
