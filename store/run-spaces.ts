import type { Selectable } from 'kysely';
import type { Queries } from './connection';
import type { RunSpaceTable } from './schema';
import type { RunKey, SpaceRunKey } from './store';

export type RunSpace = Selectable<RunSpaceTable>;

/** The space's row within the run; `undefined` when the run discovered nothing in it, or has ended. */
export function findRunSpace(queries: Queries, { tenant, run, spaceKey }: SpaceRunKey): Promise<RunSpace | undefined> {
  return runSpaces(queries, { tenant, run }).where('space_key', '=', spaceKey).executeTakeFirst();
}

/** The spaces that the run discovered something in. */
export function runSpaces(queries: Queries, { tenant, run }: RunKey) {
  return queries.selectFrom('run_spaces').selectAll().where('tenant', '=', tenant).where('run', '=', run);
}
