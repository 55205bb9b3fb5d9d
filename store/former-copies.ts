import { type RawBuilder, sql, type Transaction } from 'kysely';
import { breathe, chunks } from './chunks';
import type { Connection } from './connection';
import { writeFailures } from './failure-rows';
import type { FormerCopies, FormerCopy } from './former-copies-api';
import { NOBODY } from './ledger';
import type { Schema } from './schema';
import type { SpaceRunKey } from './store';
import { requireSpace, requireWriter } from './writer-check';

const ROWS_AT_A_TIME = 1_000;
const WHY = 'is ingested under its new key';

/** @see {@link FormerCopies} */
export function createFormerCopies({ db, dialect }: Connection): FormerCopies {
  return {
    async begin(key, { former, current }, doubtBefore) {
      const { tenant, spaceKey } = key;
      const inDoubtSince = await held(key, async (open) => {
        const since = await lastDoubt(open, key, current, doubtBefore);
        if (since !== undefined) return since;
        for (const partialKey of former) {
          await open
            .insertInto('former_keys')
            .values({ tenant, space_key: spaceKey, partial_key: partialKey, removing_at: null })
            .onConflict((conflict) => conflict.columns(['tenant', 'space_key', 'partial_key']).doNothing())
            .execute();
        }
        return undefined;
      });
      if (inDoubtSince !== undefined) return { inDoubtSince };
      // What stands under the keys that are current again is no copy any more.
      await deleteInParts(key, sql`former_copies`, sql`and partial_key = ${current}`);
      await deleteInParts(key, sql`ledger`, sql``);
      return {};
    },

    async add(key, copies) {
      const { tenant, spaceKey } = key;
      for (const chunk of chunks(copies)) {
        const given = dialect.rows(chunk.map(toRow), COPY);
        await held(key, async (open) => {
          await sql`
            insert into former_copies (tenant, space_key, item_key, partial_key, content_id)
            select ${tenant}, ${spaceKey}, item_key, partial_key, content_id from ${given} as given where true order by item_key
            on conflict (tenant, space_key, item_key, partial_key) do update set content_id = excluded.content_id`.execute(
            open,
          );
        });
      }
    },

    async settle(key, { spaceId, partialKey, scopeId = null }) {
      const values = {
        space_id: spaceId,
        partial_key: partialKey,
        scope_id: scopeId,
        compared_at: null,
        known_since: null,
      };
      await held(key, async (open) => {
        await open
          .insertInto('spaces')
          .values({ tenant: key.tenant, space_key: key.spaceKey, ...values })
          .onConflict((conflict) => conflict.columns(['tenant', 'space_key']).doUpdateSet(values))
          .execute();
      });
    },

    async joinRun({ tenant, run }, spaceKeys) {
      const asked = spaceKeys === undefined ? sql`` : sql`and ${dialect.isIn('s.space_key', spaceKeys)}`;
      await sql`
        insert into run_spaces (tenant, run, space_key, space_id, space_name)
        select s.tenant, ${run}, s.space_key, s.space_id, '' from spaces s where s.tenant = ${tenant} ${asked} and exists (
          select 1 from former_copies f where f.tenant = s.tenant and f.space_key = s.space_key)
        on conflict (tenant, run, space_key) do nothing`.execute(db);
    },

    async count(tenant, spaceKey) {
      const row = await db
        .selectFrom('former_copies')
        .select((eb) => eb.fn.countAll<number>().as('copies'))
        .where('tenant', '=', tenant)
        .where('space_key', '=', spaceKey)
        .executeTakeFirst();
      return Number(row?.copies ?? 0);
    },

    async *itemKeys(tenant, spaceKey) {
      for (let after = ''; ;) {
        const rows = await db
          .selectFrom('former_copies')
          .select('item_key')
          .distinct()
          .where('tenant', '=', tenant)
          .where('space_key', '=', spaceKey)
          .where('item_key', '>', after)
          .orderBy('item_key')
          .limit(ROWS_AT_A_TIME)
          .execute();
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows.map((row) => row.item_key);
        after = last.item_key;
        await breathe();
      }
    },

    async ofItems(tenant, spaceKey, itemKeys) {
      const rows = await db
        .selectFrom('former_copies')
        .select(['item_key', 'partial_key', 'content_id'])
        .where('tenant', '=', tenant)
        .where('space_key', '=', spaceKey)
        .where(dialect.isIn('item_key', itemKeys))
        .execute();
      return rows.map(toCopy);
    },

    async superseded(key, after, limit) {
      const { rows } = await sql<CopyRow>`
        select f.item_key, f.partial_key, f.content_id from former_copies f
        where f.tenant = ${key.tenant} and f.space_key = ${key.spaceKey} and f.item_key > ${after} and ${isFinalizedAnew}
        order by f.item_key, f.partial_key limit ${limit}`.execute(db);
      return rows.map(toCopy);
    },

    announce: (writer, copies, at) =>
      written(writer, async (open) => {
        const given = dialect.rows(copies.map(toRow), COPY);
        const { rows } = await sql<CopyRow>`
          select f.item_key, f.partial_key, f.content_id from former_copies f join ${given} as given
            on given.item_key = f.item_key and given.partial_key = f.partial_key
          where f.tenant = ${writer.tenant} and f.space_key = ${writer.spaceKey} and ${isFinalizedAnew}`.execute(open);
        await open
          .updateTable('former_keys')
          .set({ removing_at: at })
          .where('tenant', '=', writer.tenant)
          .where('space_key', '=', writer.spaceKey)
          .where(
            dialect.isIn(
              'partial_key',
              rows.map((row) => row.partial_key),
            ),
          )
          .execute();
        return rows.map(toCopy);
      }),

    recordRemoved: (writer, copies, at) =>
      written(writer, async (open) => {
        const { tenant, run, spaceKey } = writer;
        const given = dialect.rows(copies.map(toRow), COPY);
        await sql`
          delete from former_copies where tenant = ${tenant} and space_key = ${spaceKey} and exists (
            select 1 from ${given} as given where given.item_key = former_copies.item_key
              and given.partial_key = former_copies.partial_key)`.execute(open);
        // To the same space: moved, and so nothing that the guard counts as lost.
        await sql`
          insert into removal_plan (tenant, run, space_key, item_key, space_id, verdict, why, to_space, is_empty, looked_up_at,
            is_released, outcome)
          select distinct ${tenant}, ${run}, ${spaceKey}, item_key, '', 'remove', ${WHY}, ${spaceKey}, 0, cast(${at} as bigint), 1, 'removed'
          from ${given} as given where true
          on conflict (tenant, run, space_key, item_key) do nothing`.execute(open);
      }),

    recordFailed: (writer, failures, at) =>
      written(writer, (open) => writeFailures(open, dialect, writer, failures, at)),
  };

  function held<T>(key: SpaceRunKey, work: (open: Transaction<Schema>) => Promise<T>): Promise<T> {
    return db.transaction().execute(async (open) => {
      await requireSpace(open, dialect, key);
      return work(open);
    });
  }

  function written<T>(
    writer: Parameters<FormerCopies['announce']>[0],
    work: (open: Transaction<Schema>) => Promise<T>,
  ): Promise<T> {
    return db.transaction().execute(async (open) => {
      await requireWriter(open, dialect, writer);
      return work(open);
    });
  }

  /** When a request that may still arrive, and that the change of keys would lose from sight, was announced last. */
  async function lastDoubt(
    open: Transaction<Schema>,
    { tenant, spaceKey }: SpaceRunKey,
    current: string,
    doubtBefore: number,
  ): Promise<number | undefined> {
    const { rows } = await sql<{ readonly since: number | null }>`
      select max(since) as since from (
        select case when coalesce(doubt_since, 0) > updated_at then doubt_since else updated_at end as since from ledger
        where tenant = ${tenant} and space_key = ${spaceKey}
          and (doubt_since >= ${doubtBefore} or (state in ('registering', 'removing') and attempt <> ${NOBODY} and updated_at >= ${doubtBefore}))
        union all
        select removing_at as since from former_keys
        where tenant = ${tenant} and space_key = ${spaceKey} and partial_key = ${current} and removing_at >= ${doubtBefore}) as doubts`.execute(
      open,
    );
    const since = rows[0]?.since;
    return since === null || since === undefined ? undefined : Number(since);
  }

  async function deleteInParts(
    key: SpaceRunKey,
    table: RawBuilder<unknown>,
    condition: RawBuilder<unknown>,
  ): Promise<void> {
    const { tenant, spaceKey } = key;
    for (let deleted = ROWS_AT_A_TIME; deleted === ROWS_AT_A_TIME;) {
      deleted = await held(key, async (open) => {
        const { numAffectedRows } = await sql`
          delete from ${table} where tenant = ${tenant} and space_key = ${spaceKey} ${condition} and item_key in (
            select item_key from ${table} where tenant = ${tenant} and space_key = ${spaceKey} ${condition}
            order by item_key limit ${ROWS_AT_A_TIME})`.execute(open);
        return Number(numAffectedRows ?? 0);
      });
      await breathe();
    }
  }
}

const COPY = { item_key: 'text', partial_key: 'text', content_id: 'text' } as const;

interface CopyRow {
  readonly item_key: string;
  readonly partial_key: string;
  readonly content_id: string;
}

/** The ledger was forgotten when the keys changed: what it has finalized now stands under the new ones. */
const isFinalizedAnew = sql<boolean>`exists (select 1 from ledger l where l.tenant = f.tenant and l.space_key = f.space_key
  and l.item_key = f.item_key and l.state = 'finalized' and l.content_id is not null)`;

const toRow = ({ itemKey, partialKey, contentId }: FormerCopy): CopyRow => ({
  item_key: itemKey,
  partial_key: partialKey,
  content_id: contentId,
});
const toCopy = (row: CopyRow): FormerCopy => ({
  itemKey: row.item_key,
  partialKey: row.partial_key,
  contentId: row.content_id,
});
