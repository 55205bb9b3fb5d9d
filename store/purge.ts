import type { Connection } from './connection';
import { dropResults, dropWorkingData } from './run-data';

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
    .where((eb) => eb.or([eb('ended_at', '<', before), eb.and([eb('ended_at', 'is', null), eb('started_at', '<', before)])]))
    .execute();
  for (const key of old) {
    await dropWorkingData(connection, key);
    await dropResults(connection, key);
    await db.deleteFrom('runs').where('tenant', '=', key.tenant).where('run', '=', key.run).execute();
  }
  for (const key of await endedWithRest()) await dropWorkingData(connection, key);

  function endedWithRest() {
    return db
      .selectFrom('run_spaces')
      .innerJoin('runs', (join) => join.onRef('runs.tenant', '=', 'run_spaces.tenant').onRef('runs.run', '=', 'run_spaces.run'))
      .select(['runs.tenant', 'runs.run'])
      .distinct()
      .where('runs.ended_at', 'is not', null)
      .execute();
  }
}
