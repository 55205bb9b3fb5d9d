import { type RawBuilder, sql, type Transaction } from 'kysely';
import { chunks } from './chunks';
import type { Connection } from './connection';
import { cutMessage, dropIngestionFailures, writeFailures } from './failure-rows';
import { countStates } from './ledger-count';
import { findRunSpace } from './run-spaces';
import type { ManifestTable, Schema } from './schema';
import type { Ledger, Writer } from './store';
import { requireWriter } from './writer-check';

const ITEM = { item_key: 'text' } as const;

/** @see {@link Ledger} */
export function createLedger(connection: Connection): Ledger {
  const { db, dialect } = connection;
  return {
    async announce(writer, items, at) {
      const waiting: string[] = [];
      await write(writer, items, async (open, all, { tenant, run, spaceKey, attempt, spaceId, doubtBefore }) => {
        const toWait = await withRemovalOnItsWay(open, writer, keysOf(all), doubtBefore);
        waiting.push(...toWait);
        const chunk = all.filter(({ itemKey }) => !toWait.has(itemKey));
        const rows = chunk.map(({ itemKey, isNew }) => ({ item_key: itemKey, is_new: isNew ? 1 : 0 }));
        const given = dialect.rows(rows, { ...ITEM, is_new: 'bigint' });
        await sql`
          insert into ledger (tenant, space_key, item_key, space_id, state, run, attempt, is_new, attempts, updated_at)
          select ${tenant}, ${spaceKey}, item_key, ${spaceId}, 'registering', ${run}, ${attempt}, is_new, 1, cast(${at} as bigint)
          from ${given} as given where true order by item_key
          on conflict (tenant, space_key, item_key) do update set
            doubt_since = case when ${isAnnouncedByOther} then excluded.updated_at else ledger.doubt_since end,
            attempts = ledger.attempts + case when ${isAnnounced} and ledger.attempt = excluded.attempt then 0 else 1 end,
            is_new = case when ledger.state = 'registering' and ledger.is_new = 1 then 1 else excluded.is_new end,
            state = excluded.state, space_id = excluded.space_id, run = excluded.run, attempt = excluded.attempt,
            absent_since = null, updated_at = excluded.updated_at`.execute(open);
      });
      return waiting;
    },

    async recordFinalized(writer, items, at) {
      await write(writer, items, async (open, chunk, by) => {
        const { tenant, run, spaceKey, attempt, spaceId, doubtBefore } = by;
        const rows = chunk.map(({ itemKey, contentId, fingerprint, version }) => ({
          item_key: itemKey,
          content_id: contentId,
          fingerprint,
          version,
        }));
        const given = dialect.rows(rows, { ...ITEM, content_id: 'text', fingerprint: 'text', version: 'bigint' });
        await sql`
          insert into ledger (tenant, space_key, item_key, space_id, state, content_id, fingerprint, version, run, attempt,
            is_new, attempts, is_unverified, updated_at, stored_since)
          select ${tenant}, ${spaceKey}, item_key, ${spaceId}, 'finalized', content_id, fingerprint, version, ${run}, ${attempt},
            0, 0, 1, cast(${at} as bigint), cast(${at} as bigint)
          from ${given} as given where true order by item_key
          on conflict (tenant, space_key, item_key) do update set
            stored_since = case when ledger.content_id is null then excluded.stored_since else ledger.stored_since end,
            content_id = excluded.content_id, version = excluded.version, is_unverified = 1, ${settled(doubtBefore)}`.execute(
          open,
        );
        await setOutcome(open, by, chunk, 'done');
        await dropIngestionFailures(open, dialect, by, keysOf(chunk));
      });
    },

    async recordFailed(writer, items, at) {
      await write(writer, items, async (open, chunk, by) => {
        const { tenant, run, spaceKey, attempt } = by;
        const rows = chunk.map(({ itemKey, step, httpStatus, message, inDoubt }) => ({
          item_key: itemKey,
          step,
          http_status: httpStatus ?? null,
          message: cutMessage(message),
          in_doubt: inDoubt ? 1 : 0,
        }));
        const given = dialect.rows(rows, {
          ...ITEM,
          step: 'text',
          http_status: 'bigint',
          message: 'text',
          in_doubt: 'bigint',
        });
        // Only a write is announced: a download without an answer brings no doubt. Where every write was answered, none
        // of them is on its way, and whoever goes on with the item has nothing to fear from this attempt. The time of
        // somebody else's announcement stays: moved with each failure, the wait for it would never end.
        const isOwn = sql`ledger.state = 'registering' and ledger.attempt = ${attempt}`;
        await sql`
          update ledger set failure_step = given.step, failure_status = given.http_status, failure_message = given.message,
            doubt_since = case when given.in_doubt = 1 and ${isOwn} then cast(${at} as bigint) else ledger.doubt_since end,
            attempt = case when given.in_doubt = 0 and ${isOwn} then ${NOBODY} else ledger.attempt end,
            updated_at = case when ${isOwn} then cast(${at} as bigint) else ledger.updated_at end
          from ${given} as given
          where ledger.tenant = ${tenant} and ledger.space_key = ${spaceKey} and ledger.item_key = given.item_key
            and ${dialect.isIn('ledger.item_key', keysOf(chunk))}`.execute(open);
        await writeFailures(
          open,
          dialect,
          { tenant, run },
          chunk.map((item) => ({ ...item, spaceKey })),
          at,
        );
        await setOutcome(open, by, chunk, 'failed');
      });
    },

    async recordSkipped(writer, items, at) {
      await write(writer, items, async (open, chunk, by) => {
        const { tenant, run, spaceKey, attempt, spaceId, doubtBefore } = by;
        const rows = chunk.flatMap(({ itemKey, empty }) =>
          empty === undefined ? [] : [{ item_key: itemKey, ...empty }],
        );
        const given = dialect.rows(rows, { ...ITEM, fingerprint: 'text', version: 'bigint' });
        // What is known of a content stays: it stands in Unique, or may, and is to be removed.
        await sql`
          insert into ledger (tenant, space_key, item_key, space_id, state, fingerprint, version, run, attempt, is_new, attempts, updated_at)
          select ${tenant}, ${spaceKey}, item_key, ${spaceId}, 'empty', fingerprint, version, ${run}, ${attempt}, 0, 0, cast(${at} as bigint)
          from ${given} as given where true order by item_key
          on conflict (tenant, space_key, item_key) do update set version = excluded.version, is_unverified = 0, ${settled(doubtBefore, sql`ledger.is_new`)}`.execute(
          open,
        );
        await setOutcome(open, by, chunk, 'skipped');
        await dropIngestionFailures(open, dialect, by, keysOf(chunk));
      });
    },

    count: (tenant, spaceKey) => countStates(connection, tenant, spaceKey),
  };

  /** Runs `work` for the items, in parts, in one transaction in which the writer is who may write. */
  async function write<T>(
    writer: Writer,
    items: readonly T[],
    work: (open: Transaction<Schema>, chunk: readonly T[], by: WriterOfSpace) => Promise<void>,
  ): Promise<void> {
    await db.transaction().execute(async (open) => {
      await requireWriter(open, dialect, writer);
      const space = await findRunSpace(open, writer);
      const by = {
        ...writer,
        spaceNo: space?.space_no,
        spaceId: space?.space_id ?? '',
        doubtBefore: space?.doubt_before ?? 0,
      };
      for (const chunk of chunks(items)) await work(open, chunk, by);
    });
  }

  /** Of these items, the ones that a request to remove them, sent by somebody else, may still reach. */
  async function withRemovalOnItsWay(
    open: Transaction<Schema>,
    { tenant, spaceKey, attempt }: Writer,
    itemKeys: readonly string[],
    doubtBefore: number,
  ): Promise<ReadonlySet<string>> {
    const rows = await open
      .selectFrom('ledger')
      .select('item_key')
      .where('tenant', '=', tenant)
      .where('space_key', '=', spaceKey)
      .where(dialect.isIn('item_key', itemKeys))
      .where('state', '=', 'removing')
      .where((eb) =>
        eb.or([
          eb.and([eb('attempt', 'not in', [attempt, NOBODY]), eb('updated_at', '>=', doubtBefore)]),
          eb('doubt_since', '>=', doubtBefore),
        ]),
      )
      .execute();
    return new Set(rows.map((row) => row.item_key));
  }

  async function setOutcome(
    open: Transaction<Schema>,
    { spaceNo }: WriterOfSpace,
    items: readonly { readonly itemKey: string }[],
    outcome: NonNullable<ManifestTable['outcome']>,
  ): Promise<void> {
    if (spaceNo === undefined) return;
    await open
      .updateTable('manifest')
      .set({ outcome })
      .where('space_no', '=', spaceNo)
      .where(dialect.isIn('item_key', keysOf(items)))
      .execute();
  }
}

const keysOf = (items: readonly { readonly itemKey: string }[]): string[] => items.map(({ itemKey }) => itemKey);

interface WriterOfSpace extends Writer {
  /** Absent when the run has no manifest of the space any more. */
  readonly spaceNo: number | undefined;
  readonly spaceId: string;
  /** Doubts from before were settled by what the run did. */
  readonly doubtBefore: number;
}

/** Stands for the attempt where none has a request on its way. */
export const NOBODY = '';
const isAnnounced = sql<boolean>`ledger.state in ('registering', 'removing')`;
/** Somebody else may have a request on its way. */
const isAnnouncedByOther = sql<boolean>`(${isAnnounced} and ledger.attempt not in (excluded.attempt, ${sql.lit(NOBODY)}))`;

/**
 * What every record of finished work sets, whatever it is. A doubt from before the run's comparison is settled, because
 * the run did the item once more for it; a later one stays until another run has done that.
 */
function settled(doubtBefore: number, isNew: RawBuilder<unknown> = sql`0`): RawBuilder<unknown> {
  return sql`
    doubt_since = case when ${isAnnouncedByOther} then excluded.updated_at
      when ledger.doubt_since < ${doubtBefore} then null else ledger.doubt_since end,
    state = excluded.state, fingerprint = excluded.fingerprint, space_id = excluded.space_id, is_new = ${isNew}, attempts = 0,
    run = excluded.run, attempt = excluded.attempt, absent_since = null,
    failure_step = null, failure_status = null, failure_message = null, updated_at = excluded.updated_at`;
}
