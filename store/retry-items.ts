import { sql } from 'kysely';
import { breathe } from './chunks';
import type { Connection } from './connection';
import { findRunSpace } from './run-spaces';
import type { SpaceRunKey } from './store';

const ITEMS_A_TRANSACTION = 1_000;

/**
 * Moves the items that failed and may succeed later into a retry round: no HTTP status, 408, 409, 429, or 5xx. Their
 * failures stay until they succeed: whatever ends the run before that, they failed. Safe to repeat.
 */
export async function moveToRetry({ db, dialect }: Connection, key: SpaceRunKey, retry: number): Promise<void> {
  const { tenant, run, spaceKey } = key;
  const space = await findRunSpace(db, key);
  if (space === undefined) return;
  for (;;) {
    const { rows } = await sql<{ readonly item_key: string }>`
      select f.item_key from failures f join manifest m on m.space_no = ${space.space_no} and m.item_key = f.item_key
      where f.tenant = ${tenant} and f.run = ${run} and f.space_key = ${spaceKey} and m.outcome = 'failed'
        and (f.http_status is null or f.http_status in (408, 409, 429) or f.http_status >= 500)
      limit ${ITEMS_A_TRANSACTION}`.execute(db);
    if (rows.length === 0) return;
    await db
      .updateTable('manifest')
      .set({ retry, outcome: null })
      .where('space_no', '=', space.space_no)
      .where(
        dialect.isIn(
          'item_key',
          rows.map((row) => row.item_key),
        ),
      )
      .where('outcome', '=', 'failed')
      .execute();
    await breathe();
  }
}
