import { sql } from 'kysely';
import { breathe } from './chunks';
import type { Connection } from './connection';
import { releaseSpaces } from './leases';
import { runSpaces } from './run-spaces';
import type { RunKey } from './store';

/** Rows a transaction. */
const ROWS_A_DELETE = 5_000;

/**
 * Drops what a run needed while it ran: leases, manifest, plan, listings, claims of slices. Safe to repeat after a
 * crash.
 */
export async function dropWorkingData({ db }: Connection, key: RunKey): Promise<void> {
  // A run that was cancelled closed none of its spaces; the next one must not wait for the ends of its leases.
  await releaseSpaces(db, key);
  // First what the next round of the same run would have too; the rest goes by numbers that are never used again.
  await dropOfRun('discoveries');
  await dropOfRun('slice_attempts');
  await dropOfRun('removal_plan');
  // What was blocked may be approved for some days; it is no result of this run any more.
  await db
    .updateTable('blocked_sets')
    .set({ run: '' })
    .where('tenant', '=', key.tenant)
    .where('run', '=', key.run)
    .execute();
  for (const { space_no } of await runSpaces(db, key).execute()) {
    for (;;) {
      const rows = sql`select item_key from manifest where space_no = ${space_no} order by item_key limit ${ROWS_A_DELETE}`;
      const { numAffectedRows } = await sql`
        delete from manifest where space_no = ${space_no} and item_key in (${rows})`.execute(db);
      await breathe();
      if (Number(numAffectedRows ?? 0) < ROWS_A_DELETE) break;
    }
    await db.transaction().execute(async (open) => {
      await open.deleteFrom('candidates').where('space_no', '=', space_no).execute();
      await open.deleteFrom('slices').where('space_no', '=', space_no).execute();
      await open.deleteFrom('slice_cuts').where('space_no', '=', space_no).execute();
      await open.deleteFrom('run_spaces').where('space_no', '=', space_no).execute();
    });
  }

  async function dropOfRun(table: 'discoveries' | 'slice_attempts' | 'removal_plan'): Promise<void> {
    await db.deleteFrom(table).where('tenant', '=', key.tenant).where('run', '=', key.run).execute();
  }
}

/** Drops what a run found out: failures and the reports of its spaces. */
export async function dropResults({ db }: Connection, { tenant, run }: RunKey): Promise<void> {
  for (const table of ['failures', 'space_reports'] as const) {
    await db.deleteFrom(table).where('tenant', '=', tenant).where('run', '=', run).execute();
  }
}
