import { sql } from 'kysely';
import { breathe, chunks } from './chunks';
import type { Connection } from './connection';
import { writeFailures } from './failure-rows';
import type { Verifications } from './store';

const ROWS_A_WINDOW = 5_000;

/** @see {@link Verifications} */
export function createVerifications({ db, dialect }: Connection): Verifications {
  return {
    async spaces(tenant) {
      const { rows } = await sql<{ readonly space_key: string; readonly scope_id: string | null }>`
        select u.space_key, s.scope_id from (
          select distinct space_key from ledger where tenant = ${tenant} and is_unverified = 1) u
        left join spaces s on s.tenant = ${tenant} and s.space_key = u.space_key order by u.space_key`.execute(db);
      return rows.map((row) => ({
        spaceKey: row.space_key,
        ...(row.scope_id === null ? {} : { scopeId: row.scope_id }),
      }));
    },

    async items(tenant, spaceKey, after, limit) {
      const { rows } = await sql<{ readonly item_key: string; readonly space_id: string }>`
        select item_key, space_id from ledger where tenant = ${tenant} and space_key = ${spaceKey} and is_unverified = 1
          and item_key > ${after} order by item_key limit ${limit}`.execute(db);
      return rows.map((row) => ({ itemKey: row.item_key, spaceId: row.space_id }));
    },

    async confirmAll(tenant, spaceKey, before) {
      for (let after = ''; ;) {
        const { rows } = await sql<{ readonly item_key: string }>`
          select item_key from ledger where tenant = ${tenant} and space_key = ${spaceKey} and is_unverified = 1
            and item_key > ${after} order by item_key limit ${ROWS_A_WINDOW}`.execute(db);
        const itemKeys = rows.map((row) => row.item_key);
        await confirm(tenant, spaceKey, itemKeys, before);
        const last = itemKeys.at(-1);
        if (last === undefined || itemKeys.length < ROWS_A_WINDOW) return;
        after = last;
        await breathe();
      }
    },

    confirm,

    async recordFailed({ tenant, run, spaceKey }, items, before, at) {
      if (items.length === 0) return;
      await db.transaction().execute(async (open) => {
        const given = dialect.rows(
          items.map(({ itemKey, message }) => ({ item_key: itemKey, message })),
          { item_key: 'text', message: 'text' },
        );
        // The version that failed before is not tried again: the platform will never take it.
        const isSecond = sql`ledger.failed_fingerprint is not null and ledger.failed_fingerprint = ledger.fingerprint`;
        await sql`
          update ledger set is_unverified = 0,
            ingestion_failures = case when ${isSecond} then ledger.ingestion_failures + 1 else 1 end,
            failure_step = case when ${isSecond} then null else 'verify' end, failure_status = null,
            failure_message = case when ${isSecond} then null else given.message end,
            failed_fingerprint = ledger.fingerprint
          from ${given} as given
          where ledger.tenant = ${tenant} and ledger.space_key = ${spaceKey} and ledger.item_key = given.item_key
            and ledger.is_unverified = 1 and ledger.state = 'finalized' and ledger.updated_at <= ${before}`.execute(
          open,
        );
        const failures = items.map((item) => ({ spaceKey, step: 'verify' as const, ...item }));
        await writeFailures(open, dialect, { tenant, run }, failures, at);
      });
    },

    async counts({ tenant, run }) {
      const { rows } = await sql<{ readonly pending: number; readonly failed: number }>`
        select
          (select count(*) from ledger where tenant = ${tenant} and is_unverified = 1 and run = ${run}) as pending,
          (select count(*) from failures f join ledger l
            on l.tenant = f.tenant and l.space_key = f.space_key and l.item_key = f.item_key and l.run = f.run
            where f.tenant = ${tenant} and f.run = ${run} and f.step = 'verify') as failed`.execute(db);
      return { pending: Number(rows[0]?.pending ?? 0), failed: Number(rows[0]?.failed ?? 0) };
    },
  };

  /** What was finalized again since `before` is left to the next look. */
  async function confirm(tenant: string, spaceKey: string, itemKeys: readonly string[], before: number): Promise<void> {
    for (const chunk of chunks(itemKeys)) {
      await db
        .updateTable('ledger')
        .set({ is_unverified: 0, ingestion_failures: 0, failed_fingerprint: null })
        .where('tenant', '=', tenant)
        .where('space_key', '=', spaceKey)
        .where(dialect.isIn('item_key', chunk))
        .where('state', '=', 'finalized')
        .where('is_unverified', '=', 1)
        .where('updated_at', '<=', before)
        .execute();
    }
  }
}
