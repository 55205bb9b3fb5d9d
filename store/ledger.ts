import { type Kysely, sql } from 'kysely';
import { type Engine, jsonRows, textList } from './dialect';
import { assertWriter } from './leases';
import { writeFailures } from './runs';
import type { Database } from './schema';
import type { Ledger, Writer } from './store';

/**
 * What was ingested, per item. States: `registering` (announced by an attempt, nothing recorded yet), `finalized`,
 * `failed` (announced, then refused with an answer: unfinished work), `empty` (seen, nothing to ingest; a content id
 * says that an older text still stands in Unique).
 *
 * A row in doubt (`doubt_since`) was announced by another attempt, or its own request got no answer: what was sent then
 * may still arrive, also after the row was finalized, so the item is ingested once more when no request can live.
 */
export function createLedger(db: Kysely<Database>, engine: Engine): Ledger {
  /** Checks the writer and writes in one transaction, so that a superseded attempt leaves no trace. */
  const write = (writer: Writer, work: (tx: Kysely<Database>) => Promise<void>) =>
    db.transaction().execute(async (tx) => {
      await assertWriter(tx, writer);
      await work(tx);
    });

  async function setOutcome(
    tx: Kysely<Database>,
    writer: Writer,
    outcome: 'done' | 'skipped',
    itemKeys: readonly string[],
  ): Promise<void> {
    const { tenant, run, spaceKey } = writer;
    const keys = textList(engine, itemKeys);
    const ofSpace = { tenant, run, space_key: spaceKey };
    await tx
      .updateTable('manifest')
      .set({ outcome })
      .where((is) => is.and(ofSpace))
      .where('item_key', 'in', keys)
      .execute();
    await tx
      .deleteFrom('failures')
      .where((is) => is.and(ofSpace))
      .where('item_key', 'in', keys)
      .execute();
  }

  return {
    announce: (writer, items, at) =>
      write(writer, async (tx) => {
        const { tenant, run, spaceKey, attempt } = writer;
        const given = jsonRows(
          engine,
          { item_key: 'text', is_new: 'bigint' },
          items.map(({ itemKey, isNew }) => ({ item_key: itemKey, is_new: isNew ? 1 : 0 })),
        );
        // A redo that was due begins with a clean slate; whatever happens from here on decides anew.
        await sql`
          update ledger set doubt_since = null where tenant = ${tenant} and space_key = ${spaceKey}
            and item_key in (select m.item_key from manifest m where m.tenant = ${tenant} and m.run = ${run}
              and m.space_key = ${spaceKey} and m.is_due = 1)
            and item_key in ${textList(
              engine,
              items.map(({ itemKey }) => itemKey),
            )}`.execute(tx);
        await sql`
          insert into ledger (tenant, space_key, item_key, state, run, attempt, is_new, attempts, updated_at)
          select ${tenant}, ${spaceKey}, given.item_key, 'registering', ${run}, ${attempt}, given.is_new, 1, ${sql.lit(at)}
          from (${given}) as given where true
          on conflict (tenant, space_key, item_key) do update set
            doubt_since = case when ledger.state in ('registering', 'removing') and ledger.attempt <> excluded.attempt
              then excluded.updated_at else ledger.doubt_since end,
            state = 'registering', run = excluded.run, attempt = excluded.attempt, is_new = excluded.is_new,
            attempts = ledger.attempts + 1, absent_since = null, updated_at = excluded.updated_at`.execute(tx);
      }),
    recordFinalized: (writer, items, at) =>
      write(writer, async (tx) => {
        const columns = { item_key: 'text', content_id: 'text', fingerprint: 'text', version: 'bigint' } as const;
        const given = items.map((item) => ({
          item_key: item.itemKey,
          content_id: item.contentId,
          fingerprint: item.fingerprint,
          version: item.version,
        }));
        await sql`
          update ledger set state = 'finalized', content_id = given.content_id, fingerprint = given.fingerprint,
            version = given.version, failure_step = null, failure_status = null, failure_message = null, attempts = 0,
            updated_at = ${sql.lit(at)}
          from (${jsonRows(engine, columns, given)}) as given
          where ledger.tenant = ${writer.tenant} and ledger.space_key = ${writer.spaceKey} and ledger.item_key = given.item_key`.execute(
          tx,
        );
        await setOutcome(
          tx,
          writer,
          'done',
          items.map(({ itemKey }) => itemKey),
        );
      }),
    recordFailed: (writer, failures, at) =>
      write(writer, async (tx) => {
        const { tenant, run, spaceKey, attempt } = writer;
        for (const { itemKey, step, httpStatus, message, inDoubt } of failures) {
          const failure = {
            failure_step: step,
            failure_status: httpStatus ?? null,
            failure_message: message.slice(0, 500),
          };
          const item = { tenant, space_key: spaceKey, item_key: itemKey };
          await tx
            .updateTable('ledger')
            .set({ ...failure, updated_at: at })
            .where((is) => is.and(item))
            .execute();
          const announced = tx.updateTable('ledger').where((is) => is.and({ ...item, attempt, state: 'registering' }));
          // Without an answer the row stays announced: the request may still be on its way.
          await (inDoubt ? announced.set({ doubt_since: at }) : announced.set({ state: 'failed' })).execute();
          await tx
            .updateTable('manifest')
            .set({ outcome: 'failed', failure_status: httpStatus ?? null })
            .where((is) => is.and({ tenant, run, space_key: spaceKey, item_key: itemKey }))
            .execute();
        }
        await writeFailures(tx, writer, failures, at);
      }),
    recordSkipped: (writer, items, at) =>
      write(writer, async (tx) => {
        const { tenant, run, spaceKey, attempt } = writer;
        for (const { itemKey, fingerprint } of items) {
          if (fingerprint === undefined) continue;
          const empty = { state: 'empty', fingerprint, run, attempt, updated_at: at };
          await tx
            .insertInto('ledger')
            .values({ tenant, space_key: spaceKey, item_key: itemKey, is_new: 1, attempts: 0, ...empty })
            .onConflict((on) => on.columns(['tenant', 'space_key', 'item_key']).doUpdateSet(empty))
            .execute();
        }
        await setOutcome(
          tx,
          writer,
          'skipped',
          items.map(({ itemKey }) => itemKey),
        );
      }),
    async count(tenant, spaceKey) {
      const rows = await db
        .selectFrom('ledger')
        .where('tenant', '=', tenant)
        .$if(spaceKey !== undefined, (query) => query.where('space_key', '=', spaceKey ?? ''))
        .select((is) => ['state', is.fn.countAll<number>().as('n')])
        .groupBy('state')
        .execute();
      const of = (...states: string[]) =>
        rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + Number(row.n), 0);
      return { finalized: of('finalized'), unfinished: of('registering', 'removing', 'failed'), empty: of('empty') };
    },
  };
}
