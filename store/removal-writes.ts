import { type Selectable, sql, type Transaction } from 'kysely';
import type { Connection } from './connection';
import { writeFailures } from './failure-rows';
import { NOBODY } from './ledger';
import { findRunSpace } from './run-spaces';
import type { JudgedRemoval, Removals } from './removals-api';
import type { LedgerTable, RemovalPlanTable, Schema } from './schema';
import type { Writer } from './store';
import { requireWriter } from './writer-check';

type Writes = Pick<Removals, 'announce' | 'recordRemoved' | 'recordFailed' | 'withdraw'>;

/** The ledger's side of removals: announced before the request, settled after it. */
export function createRemovalWrites({ db, dialect }: Connection): Writes {
  return {
    announce: (writer, items, at, doubtBefore) =>
      written(writer, async (open) => {
        const rows = await lockRows(open, writer, items);
        const rowOf = (spaceKey: string, itemKey: string) =>
          rows.find((row) => row.space_key === spaceKey && row.item_key === itemKey);
        const going = items.filter(({ itemKey, toSpace, into }) => {
          const elsewhere = toSpace === undefined ? undefined : rowOf(toSpace, into?.itemKey ?? itemKey);
          const isThere = elsewhere?.state === 'finalized' && elsewhere.content_id !== null;
          // A request that is still on its way may bring the page back as it was without its images.
          const isInIt = elsewhere?.fingerprint === into?.fingerprint && elsewhere?.doubt_since === null;
          const isElsewhere = isThere && (into === undefined || isInIt);
          return (
            (toSpace === undefined || isElsewhere) && !isInDoubt(rowOf(writer.spaceKey, itemKey), writer, doubtBefore)
          );
        });
        const { tenant, run, spaceKey, attempt } = writer;
        const given = dialect.rows(
          going.map(({ itemKey, spaceId }) => ({ item_key: itemKey, space_id: spaceId })),
          { item_key: 'text', space_id: 'text' },
        );
        await sql`
          insert into ledger (tenant, space_key, item_key, space_id, state, run, attempt, is_new, attempts, updated_at)
          select ${tenant}, ${spaceKey}, item_key, space_id, 'removing', ${run}, ${attempt}, 0, 0, cast(${at} as bigint)
          from ${given} as given where true order by item_key
          on conflict (tenant, space_key, item_key) do update set
            doubt_since = case when ledger.state in ('registering', 'removing') and ledger.attempt not in (excluded.attempt, ${NOBODY})
              then excluded.updated_at else ledger.doubt_since end,
            state = excluded.state, run = excluded.run, attempt = excluded.attempt, updated_at = excluded.updated_at`.execute(
          open,
        );
        return new Set(going.map(({ itemKey }) => itemKey));
      }),

    recordRemoved: (writer, items, at, doubtBefore) =>
      written(writer, async (open) => {
        const empty = items.filter(({ isEmpty }) => isEmpty).map(({ itemKey }) => itemKey);
        const all = items.map(({ itemKey }) => itemKey);
        await keepHistory(
          open,
          writer,
          items.filter(({ wasThere }) => wasThere),
          at,
        );
        // A doubt that is not over yet keeps the row: the first run after it removes the item once more.
        await own(open, writer, all)
          .set({ attempt: NOBODY, content_id: null })
          .where('doubt_since', '>=', doubtBefore)
          .execute();
        await own(open, writer, empty)
          .set({ state: 'empty', attempt: NOBODY, content_id: null, is_new: 0, doubt_since: null, absent_since: null })
          .execute();
        await open
          .deleteFrom('ledger')
          .where('tenant', '=', writer.tenant)
          .where('space_key', '=', writer.spaceKey)
          .where(dialect.isIn('item_key', all))
          .where('state', '=', 'removing')
          .where('attempt', '=', writer.attempt)
          .execute();
        await open
          .deleteFrom('former_copies')
          .where('tenant', '=', writer.tenant)
          .where('space_key', '=', writer.spaceKey)
          .where(dialect.isIn('item_key', all))
          .execute();
        await setOutcome(open, writer, 'removed', keysWhere(items, true));
        await setOutcome(open, writer, 'absent', keysWhere(items, false));
        await dropCandidates(open, writer, all);
      }),

    recordFailed: (writer, items, at) =>
      written(writer, async (open) => {
        const doubted = items.filter(({ inDoubt }) => inDoubt).map(({ itemKey }) => itemKey);
        const answered = items.filter(({ inDoubt }) => !inDoubt).map(({ itemKey }) => itemKey);
        await own(open, writer, doubted).set({ doubt_since: at }).execute();
        await own(open, writer, answered).set({ attempt: NOBODY }).execute();
        await writeFailures(open, dialect, writer, items, at);
        await setOutcome(open, writer, 'failed', [...doubted, ...answered]);
      }),

    withdraw: (writer, itemKeys) =>
      written(writer, async (open) => {
        await own(open, writer, itemKeys).set({ attempt: NOBODY }).execute();
      }),
  };

  function written<T>(writer: Writer, work: (open: Transaction<Schema>) => Promise<T>): Promise<T> {
    return db.transaction().execute(async (open) => {
      await requireWriter(open, dialect, writer);
      return work(open);
    });
  }

  /** The items' rows here and, for moves, there; locked in one order, so that two spaces never wait for each other. */
  function lockRows(open: Transaction<Schema>, { tenant, spaceKey }: Writer, items: readonly JudgedRemoval[]) {
    const spaces = [...new Set([spaceKey, ...items.flatMap(({ toSpace }) => toSpace ?? [])])];
    const query = open
      .selectFrom('ledger')
      .select(['space_key', 'item_key', 'state', 'content_id', 'fingerprint', 'attempt', 'doubt_since', 'updated_at'])
      .where('tenant', '=', tenant)
      .where(dialect.isIn('space_key', spaces))
      .where(
        dialect.isIn(
          'item_key',
          items.flatMap(({ itemKey, into }) => (into === undefined ? [itemKey] : [itemKey, into.itemKey])),
        ),
      )
      .orderBy('space_key')
      .orderBy('item_key');
    return dialect.lock(query).execute();
  }

  /** Rows that this attempt announced. */
  function own(open: Transaction<Schema>, { tenant, spaceKey, attempt }: Writer, itemKeys: readonly string[]) {
    return open
      .updateTable('ledger')
      .where('tenant', '=', tenant)
      .where('space_key', '=', spaceKey)
      .where(dialect.isIn('item_key', itemKeys))
      .where('state', '=', 'removing')
      .where('attempt', '=', attempt);
  }

  async function setOutcome(
    open: Transaction<Schema>,
    { tenant, run, spaceKey }: Writer,
    outcome: NonNullable<Selectable<RemovalPlanTable>['outcome']>,
    itemKeys: readonly string[],
  ): Promise<void> {
    await open
      .updateTable('removal_plan')
      .set({ outcome })
      .where('tenant', '=', tenant)
      .where('run', '=', run)
      .where('space_key', '=', spaceKey)
      .where(dialect.isIn('item_key', itemKeys))
      .execute();
  }

  async function keepHistory(
    open: Transaction<Schema>,
    { tenant, run, spaceKey }: Writer,
    items: Parameters<Removals['recordRemoved']>[1],
    at: number,
  ): Promise<void> {
    const rows = items.map(({ itemKey, why, toSpace, isApproved }) => ({
      item_key: itemKey,
      why,
      is_move: toSpace === undefined ? 0 : 1,
      is_approved: isApproved ? 1 : 0,
    }));
    const given = dialect.rows(rows, { item_key: 'text', why: 'text', is_move: 'bigint', is_approved: 'bigint' });
    await sql`
      insert into removals (tenant, run, space_key, item_key, why, is_move, is_approved, at, stored_since)
      select ${tenant}, ${run}, ${spaceKey}, item_key, why, is_move, is_approved, cast(${at} as bigint), (
        select l.stored_since from ledger l
        where l.tenant = ${tenant} and l.space_key = ${spaceKey} and l.item_key = given.item_key)
      from ${given} as given where true order by item_key
      on conflict (tenant, run, space_key, item_key) do update set
        why = excluded.why, is_move = excluded.is_move, is_approved = excluded.is_approved, at = excluded.at`.execute(
      open,
    );
  }

  async function dropCandidates(open: Transaction<Schema>, writer: Writer, itemKeys: readonly string[]): Promise<void> {
    const space = await findRunSpace(open, writer);
    if (space === undefined) return;
    await open
      .deleteFrom('candidates')
      .where('space_no', '=', space.space_no)
      .where(dialect.isIn('item_key', itemKeys))
      .execute();
  }
}

const keysWhere = (items: Parameters<Removals['recordRemoved']>[1], there: boolean): string[] =>
  items.filter(({ wasThere }) => wasThere === there).map(({ itemKey }) => itemKey);

/** A registration of somebody else may still arrive, and would bring back what is removed now. */
function isInDoubt(
  row: Pick<Selectable<LedgerTable>, 'state' | 'attempt' | 'doubt_since' | 'updated_at'> | undefined,
  { attempt }: Writer,
  doubtBefore: number,
): boolean {
  if (row === undefined || row.state === 'removing') return false;
  const isOthers = row.state === 'registering' && row.attempt !== NOBODY && row.attempt !== attempt;
  return (isOthers && row.updated_at >= doubtBefore) || (row.doubt_since !== null && row.doubt_since >= doubtBefore);
}
