import { sql } from 'kysely';
import { breathe, chunks } from './chunks';
import type { Connection } from './connection';
import { countItems, insertRows } from './manifest-insert';
import { DISCOVERED_COLUMNS, type DiscoveredColumns, fromColumns, isItem, isItemKind } from './manifest-row';
import { findRunSpace, type RunSpace, runSpaces } from './run-spaces';
import type { Manifest, ManifestRow, SpaceOfRun } from './store';

/** Items that `files` reads at a time. */
const FILES_A_READ = 2_000;

const COLUMNS = sql.join(
  Object.keys(DISCOVERED_COLUMNS).map((column) => sql.ref(`m.${column}`)),
  sql`, `,
);

/** @see {@link Manifest} */
export function createManifest({ db, dialect }: Connection): Manifest {
  return {
    async count({ tenant, run }) {
      const { items } = await db
        .selectFrom('run_spaces')
        .select((eb) => eb.cast<number>(eb.fn.coalesce(eb.fn.sum('items'), eb.lit(0)), 'bigint').as('items'))
        .where('tenant', '=', tenant)
        .where('run', '=', run)
        .executeTakeFirstOrThrow();
      return items;
    },

    async spaces(key, after, limit) {
      const spaces = await runSpaces(db, key)
        .where('space_key', '>', after)
        .orderBy('space_key')
        .limit(limit)
        .execute();
      return spaces.map(spaceOfRun);
    },

    async space(key) {
      const space = await findRunSpace(db, key);
      return space && spaceOfRun(space);
    },

    async roots(key) {
      const space = await findRunSpace(db, key);
      if (space === undefined) return [];
      const rows = await db
        .selectFrom('manifest')
        .select('page_id')
        .where('space_no', '=', space.space_no)
        .where('is_root', '=', (eb) => eb.lit(1))
        .orderBy('page_id')
        .execute();
      return rows.map((row) => row.page_id);
    },

    async pagesWithMoreAttachments(key) {
      const space = await findRunSpace(db, key);
      if (space === undefined) return [];
      const rows = await db
        .selectFrom('manifest')
        .selectAll()
        .where('space_no', '=', space.space_no)
        .where('has_more', '=', (eb) => eb.lit(1))
        .orderBy('item_key')
        .execute();
      return rows.map((row) => fromColumns(spaceOfRun(space), row));
    },

    async replaceAttachments(key, { pageId, fingerprint, updatedAtIso }, rows, { isComplete }) {
      await db.transaction().execute(async (open) => {
        const space = await findRunSpace(open, key);
        if (space === undefined) return;
        const removed = await open
          .deleteFrom('manifest')
          .where('space_no', '=', space.space_no)
          // All keys that begin with `{pageId}::`; the character behind the colon is the semicolon.
          .where('item_key', '>', `${pageId}::`)
          .where('item_key', '<', `${pageId}:;`)
          .returning('kind')
          .execute();
        await countItems(open, space.space_no, -removed.filter(({ kind }) => isItemKind(kind)).length);
        await insertRows(open, dialect, key, rows);
        await open
          .updateTable('manifest')
          .set({ has_more: isComplete ? 0 : 1, fingerprint, updated_at: updatedAtIso })
          .where('space_no', '=', space.space_no)
          .where('item_key', '=', pageId)
          .execute();
      });
    },

    async *files(key) {
      const space = await findRunSpace(db, key);
      if (space === undefined) return;
      for (let after = ''; ;) {
        const rows = await db
          .selectFrom('manifest')
          .select(['item_key', 'url', 'updated_at'])
          .where('space_no', '=', space.space_no)
          .where('item_key', '>', after)
          .where(isItem)
          .orderBy('item_key')
          .limit(FILES_A_READ)
          .execute();
        for (const row of rows) yield { itemKey: row.item_key, url: row.url, updatedAtIso: row.updated_at };
        if (rows.length < FILES_A_READ) return;
        after = rows.at(-1)?.item_key ?? after;
        await breathe();
      }
    },

    async rows(key, itemKeys) {
      const space = await findRunSpace(db, key);
      if (space === undefined) return [];
      const found: ManifestRow[] = [];
      for (const chunk of chunks(itemKeys)) {
        const rows = await db
          .selectFrom('manifest')
          .selectAll()
          .where('space_no', '=', space.space_no)
          .where(dialect.isIn('item_key', chunk))
          .where('kind', '!=', 'root')
          .orderBy('item_key')
          .execute();
        found.push(...rows.map((row) => fromColumns(spaceOfRun(space), row)));
      }
      return found;
    },

    async listed({ tenant, run }, pageIds) {
      const rows = await db
        .selectFrom('manifest as m')
        .innerJoin('run_spaces as s', 's.space_no', 'm.space_no')
        .select('m.item_key')
        .where('s.tenant', '=', tenant)
        .where('s.run', '=', run)
        .where('m.kind', '=', 'page')
        .where(dialect.isIn('m.item_key', pageIds))
        .execute();
      return new Set(rows.map((row) => row.item_key));
    },

    async images(key, pageIds) {
      const space = await findRunSpace(db, key);
      if (space === undefined) return [];
      const given = dialect.rows(
        pageIds.map((pageId) => ({ page_id: pageId })),
        { page_id: 'text' },
      );
      const { rows } = await sql<DiscoveredColumns>`
        select ${COLUMNS} from ${given} as given
        join manifest m on m.space_no = ${space.space_no} and m.item_key > given.page_id || '::' and m.item_key < given.page_id || ':;'
        where m.kind = 'image' order by m.item_key`.execute(db);
      return rows.map((row) => fromColumns(spaceOfRun(space), row));
    },
  };
}

function spaceOfRun({ space_key, space_id, space_name }: RunSpace): SpaceOfRun {
  return { spaceKey: space_key, spaceId: space_id, spaceName: space_name };
}
