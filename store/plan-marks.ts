import { sql } from 'kysely';
import { breathe, chunks } from './chunks';
import { ofLedgerRow } from './compare';
import type { Connection } from './connection';
import { isItem } from './manifest-row';
import { whileUncut } from './open-plan';
import { findRunSpace } from './run-spaces';
import type { Plan, SpaceRunKey } from './store';
import { requireSpace } from './writer-check';

type Marks = Pick<Plan, 'markNew' | 'markUpdated' | 'markUnchanged' | 'adopt' | 'keepCandidates' | 'notInManifest'>;

/** What the platform's answer changes in a plan; nothing once slices are cut. */
export function createPlanMarks(connection: Connection): Marks {
  const { db, dialect } = connection;
  return {
    async markNew(key, itemKeys) {
      await mark(key, itemKeys, 'new', sql`true`);
    },

    async markUpdated(key, itemKeys) {
      await mark(key, itemKeys, 'updated', sql`action is null`);
    },

    async markUnchanged(key, itemKeys) {
      await mark(key, itemKeys, null, sql`true`);
    },

    async adopt(key, contents, at) {
      const { tenant, run, spaceKey } = key;
      const space = await findRunSpace(db, key);
      if (space === undefined) return;
      for (const chunk of chunks(contents)) {
        const rows = chunk.map(({ itemKey, contentId }) => ({ item_key: itemKey, content_id: contentId }));
        const given = dialect.rows(rows, { item_key: 'text', content_id: 'text' });
        const itemKeys = chunk.map(({ itemKey }) => itemKey);
        await whileUncut(connection, space.space_no, async (open) => {
          await requireSpace(open, dialect, key);
          // One statement after the other: first the ledger rows, then the actions of items whose row is this run's own.
          await sql`
            insert into ledger (tenant, space_key, item_key, space_id, state, content_id, fingerprint, version, run, attempt,
              is_new, attempts, updated_at)
            select ${tenant}, ${spaceKey}, m.item_key, ${space.space_id}, 'finalized', given.content_id, m.fingerprint, m.version,
              ${run}, ${ADOPTED}, 0, 0, cast(${at} as bigint)
            from ${given} as given join manifest m on m.space_no = ${space.space_no} and m.item_key = given.item_key
            where ${isItem} and ${dialect.isIn('m.item_key', itemKeys)} order by m.item_key
            on conflict (tenant, space_key, item_key) do nothing`.execute(open);
          await sql`
            update manifest as m set action = null where m.space_no = ${space.space_no} and ${dialect.isIn('m.item_key', itemKeys)}
              and ${ofLedgerRow(key, sql`l.run = ${run} and l.attempt = ${ADOPTED}`)}`.execute(open);
        });
        await breathe();
      }
    },

    async keepCandidates(key, itemKeys) {
      const space = await findRunSpace(db, key);
      if (space === undefined) return;
      for (const lacking of chunks(await notInManifest(key, itemKeys))) {
        const rows = lacking.map((itemKey) => ({ item_key: itemKey }));
        const given = dialect.rows(rows, { item_key: 'text' });
        await sql`
          insert into candidates (space_no, item_key)
          select distinct cast(${space.space_no} as bigint), item_key from ${given} as given where true
          on conflict (space_no, item_key) do nothing`.execute(db);
        await breathe();
      }
    },

    notInManifest,
  };

  async function notInManifest(key: SpaceRunKey, itemKeys: readonly string[]): Promise<string[]> {
    const space = await findRunSpace(db, key);
    if (space === undefined) return [...itemKeys];
    const lacking: string[] = [];
    for (const chunk of chunks(itemKeys)) {
      const rows = await db
        .selectFrom('manifest')
        .select('item_key')
        .where('space_no', '=', space.space_no)
        .where(dialect.isIn('item_key', chunk))
        .where(isItem)
        .execute();
      const known = new Set(rows.map((row) => row.item_key));
      lacking.push(...chunk.filter((itemKey) => !known.has(itemKey)));
      await breathe();
    }
    return lacking;
  }

  async function mark(
    key: SpaceRunKey,
    itemKeys: readonly string[],
    action: 'new' | 'updated' | null,
    condition: ReturnType<typeof sql<boolean>>,
  ): Promise<void> {
    const space = await findRunSpace(db, key);
    if (space === undefined) return;
    for (const chunk of chunks(itemKeys)) {
      await whileUncut(connection, space.space_no, async (open) => {
        await open
          .updateTable('manifest')
          .set({ action })
          .where('space_no', '=', space.space_no)
          .where(dialect.isIn('item_key', chunk))
          .where(isItem)
          .where(condition)
          .execute();
      });
      await breathe();
    }
  }
}

/** Stands for the attempt in ledger rows that nobody announced. */
const ADOPTED = 'adopted';
