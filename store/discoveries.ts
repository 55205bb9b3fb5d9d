import type { Kysely } from 'kysely';
import type { Engine } from './dialect';
import { insertManifestRows } from './manifest';
import type { Database } from './schema';
import type { Discoveries } from './store';

/** Listings in progress; a cursor and the rows before it are stored together, so a retried step loses none. */
export function createDiscoveries(db: Kysely<Database>, engine: Engine): Discoveries {
  return {
    async get({ tenant, run }, part) {
      const row = await db
        .selectFrom('discoveries')
        .where((is) => is.and({ tenant, run, part }))
        .select(['cursor', 'sealed'])
        .executeTakeFirst();
      return row && { sealed: row.sealed === 1, ...(row.cursor === null ? {} : { cursor: row.cursor }) };
    },
    async addPage(key, part, rows, next) {
      const { tenant, run } = key;
      const state = { cursor: next ?? null, sealed: next === undefined ? 1 : 0 };
      await db.transaction().execute(async (tx) => {
        await insertManifestRows(tx, engine, key, rows);
        await tx
          .insertInto('discoveries')
          .values({ tenant, run, part, ...state })
          .onConflict((at) => at.columns(['tenant', 'run', 'part']).doUpdateSet(state))
          .execute();
      });
    },
  };
}
