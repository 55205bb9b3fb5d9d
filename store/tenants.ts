import { sql } from 'kysely';
import { breathe } from './chunks';
import type { Connection } from './connection';
import { NOBODY } from './ledger';
import type { Tenants } from './store';
import { requireSpace } from './writer-check';

/** Rows a transaction. */
const ROWS_A_DELETE = 5_000;

/** @see {@link Tenants} */
export function createTenants({ db, dialect }: Connection): Tenants {
  return {
    async spaces(tenant) {
      const { rows } = await sql<{ readonly spaceKey: string; readonly spaceId: string; readonly contents: number }>`
        select space_key as "spaceKey", space_id as "spaceId", sum(contents) as contents from (
          select space_key, space_id, count(*) as contents from ledger
            where tenant = ${tenant} and state <> 'empty' group by space_key, space_id
          union all select space_key, space_id, 0 from spaces where tenant = ${tenant}
        ) as known group by space_key, space_id order by space_key, space_id`.execute(db);
      return rows.map((row) => ({ ...row, contents: Number(row.contents) }));
    },

    async lastRegistration(tenant, spaceKey) {
      const { rows } = await sql<{ readonly at: number | null }>`
        select max(case when state = 'registering' and attempt <> ${NOBODY} then updated_at else doubt_since end) as at
        from ledger where tenant = ${tenant} and space_key = ${spaceKey} and state <> 'removing'`.execute(db);
      const at = rows[0]?.at;
      return at == null ? undefined : Number(at);
    },

    async settleRemoved(key, why, at) {
      await db.transaction().execute(async (open) => {
        await requireSpace(open, dialect, key);
        const { tenant, run, spaceKey } = key;
        await sql`
          insert into removals (tenant, run, space_key, item_key, why, is_move, is_approved, at)
          select tenant, run, space_key, item_key, ${why}, 0, 1, cast(${at} as bigint) from ledger
          where tenant = ${tenant} and space_key = ${spaceKey} and run = ${run} and state = 'removing' order by item_key
          on conflict (tenant, run, space_key, item_key) do nothing`.execute(open);
      });
    },

    async countRemoved({ tenant, run, spaceKey }) {
      const row = await db
        .selectFrom('removals')
        .select((eb) => eb.fn.countAll<number>().as('items'))
        .where('tenant', '=', tenant)
        .where('run', '=', run)
        .where('space_key', '=', spaceKey)
        .executeTakeFirstOrThrow();
      return Number(row.items);
    },

    async forget(tenant) {
      for (;;) {
        const rows = sql`select space_key, item_key from ledger where tenant = ${tenant} order by space_key, item_key limit ${ROWS_A_DELETE}`;
        const { numAffectedRows } = await sql`
          delete from ledger where tenant = ${tenant} and (space_key, item_key) in (${rows})`.execute(db);
        await breathe();
        if (Number(numAffectedRows ?? 0) < ROWS_A_DELETE) break;
      }
      await db.transaction().execute(async (open) => {
        for (const table of [
          'spaces',
          'notes',
          'leases',
          'blocked_items',
          'blocked_sets',
          'blocked_groups',
          'stored_counts',
          'former_keys',
          'former_copies',
        ] as const) {
          await open.deleteFrom(table).where('tenant', '=', tenant).execute();
        }
      });
    },
  };
}
