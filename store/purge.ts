import type { Connection } from './connection';
import { dropResults, dropWorkingData } from './run-data';
import type { RunKey } from './store';

/**
 * Drops runs that ended before, runs that began before and never ended, and what a crash left behind of ended ones.
 *
 * @param before milliseconds since the epoch, exclusive
 */
export async function purgeRuns(connection: Connection, before: number): Promise<void> {
  const { db } = connection;
  const old = await db
    .selectFrom('runs')
    .select(['tenant', 'run'])
    .where((eb) =>
      eb.or([eb('ended_at', '<', before), eb.and([eb('ended_at', 'is', null), eb('started_at', '<', before)])]),
    )
    .execute();
  for (const key of old) await dropRun(connection, key);
  for (const key of await endedWithRest()) {
    // Looked at again: the run may have been reopened while others were dropped.
    if (await isEnded(key)) await dropWorkingData(connection, key);
  }

  async function isEnded({ tenant, run }: RunKey): Promise<boolean> {
    const row = await db
      .selectFrom('runs')
      .select('ended_at')
      .where('tenant', '=', tenant)
      .where('run', '=', run)
      .executeTakeFirst();
    return row?.ended_at != null;
  }

  function endedWithRest() {
    return db
      .selectFrom('run_spaces')
      .innerJoin('runs', (join) =>
        join.onRef('runs.tenant', '=', 'run_spaces.tenant').onRef('runs.run', '=', 'run_spaces.run'),
      )
      .select(['runs.tenant', 'runs.run'])
      .distinct()
      .where('runs.ended_at', 'is not', null)
      .execute();
  }
}

/** Drops all that is known of a run; safe to repeat. */
export async function dropRun(connection: Connection, key: RunKey): Promise<void> {
  await dropWorkingData(connection, key);
  await dropResults(connection, key);
  const { db } = connection;
  await db.deleteFrom('stored_counts').where('tenant', '=', key.tenant).where('run', '=', key.run).execute();
  await db.deleteFrom('runs').where('tenant', '=', key.tenant).where('run', '=', key.run).execute();
}
