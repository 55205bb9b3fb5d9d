import type { Connection } from './connection';
import { insertRows } from './manifest-insert';
import type { Discoveries } from './store';

/** @see {@link Discoveries} */
export function createDiscoveries({ db, dialect }: Connection): Discoveries {
  return {
    async get({ tenant, run }, part) {
      const row = await db
        .selectFrom('discoveries')
        .select(['cursor', 'sealed'])
        .where('tenant', '=', tenant)
        .where('run', '=', run)
        .where('part', '=', part)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return { sealed: row.sealed === 1, ...(row.cursor === null ? {} : { cursor: row.cursor }) };
    },

    async addPage(key, part, rows, next) {
      const { tenant, run } = key;
      const moved = { cursor: next ?? null, sealed: next === undefined ? 1 : 0 } as const;
      await db.transaction().execute(async (open) => {
        await insertRows(open, dialect, key, rows);
        await open
          .insertInto('discoveries')
          .values({ tenant, run, part, ...moved })
          // What is sealed stays so, whatever a page that comes late says.
          .onConflict((conflict) =>
            conflict.columns(['tenant', 'run', 'part']).doUpdateSet(moved).where('discoveries.sealed', '=', 0),
          )
          .execute();
      });
    },
  };
}
