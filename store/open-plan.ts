import type { Transaction } from 'kysely';
import type { Connection, Queries } from './connection';
import type { Dialect } from './dialect';
import type { RunSpace } from './run-spaces';
import type { Schema } from './schema';

/** The space's row as it stands now, kept from changing until the transaction ends. */
export function keepRunSpace(open: Queries, dialect: Dialect, spaceNo: number): Promise<RunSpace | undefined> {
  return dialect.keep(open.selectFrom('run_spaces').selectAll().where('space_no', '=', spaceNo)).executeTakeFirst();
}

/** Does work on the plan while its actions may still change; once slices are cut, nothing. */
export async function whileUncut(
  { db, dialect }: Connection,
  spaceNo: number,
  work: (open: Transaction<Schema>) => Promise<void>,
): Promise<void> {
  await db.transaction().execute(async (open) => {
    const space = await keepRunSpace(open, dialect, spaceNo);
    if (space?.is_cut === 0) await work(open);
  });
}
