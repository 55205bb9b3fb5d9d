import { type Kysely, type Selectable, sql } from 'kysely';
import { type ColumnType, type Engine, jsonRows, textList } from './dialect';
import type { Database } from './schema';
import type { Manifest, ManifestRow, RunKey, SpaceRunKey } from './store';

const ROWS_A_STATEMENT = 1_000;
const ROWS_A_READ = 1_000;

const COLUMNS: Readonly<Record<string, ColumnType>> = {
  tenant: 'text',
  run: 'text',
  space_key: 'text',
  item_key: 'text',
  space_id: 'text',
  space_name: 'text',
  kind: 'text',
  page_id: 'text',
  attachment_id: 'text',
  page_type: 'text',
  title: 'text',
  media_type: 'text',
  size: 'bigint',
  version: 'bigint',
  updated_at: 'text',
  url: 'text',
  download_path: 'text',
  fingerprint: 'text',
  is_root: 'bigint',
  has_more: 'bigint',
};

/** What a run discovered. */
export function createManifest(db: Kysely<Database>, engine: Engine): Manifest {
  const ofRun = ({ tenant, run }: RunKey) => db.selectFrom('manifest').where('tenant', '=', tenant).where('run', '=', run);
  const ofSpace = (key: SpaceRunKey) => ofRun(key).where('space_key', '=', key.spaceKey);
  return {
    async count(key) {
      const row = await ofRun(key)
        .where('kind', '!=', 'root')
        .select((is) => is.fn.countAll<number>().as('items'))
        .executeTakeFirstOrThrow();
      return Number(row.items);
    },
    async spaces(key, after, limit) {
      // One look at the index a space, not one at every item.
      const found = await sql<{ space_key: string; space_id: string; space_name: string }>`
        with recursive keys(space_key) as (
          select min(space_key) from manifest where tenant = ${key.tenant} and run = ${key.run} and space_key > ${after}
          union all
          select (select min(m.space_key) from manifest m
                  where m.tenant = ${key.tenant} and m.run = ${key.run} and m.space_key > keys.space_key)
          from keys where keys.space_key is not null)
        select k.space_key, m.space_id, m.space_name from (select space_key from keys where space_key is not null limit ${limit}) k
        join manifest m on m.tenant = ${key.tenant} and m.run = ${key.run} and m.space_key = k.space_key
          and m.item_key = (select min(i.item_key) from manifest i
                            where i.tenant = ${key.tenant} and i.run = ${key.run} and i.space_key = k.space_key)
        order by k.space_key`.execute(db);
      return found.rows.map((row) => ({ spaceKey: row.space_key, spaceId: row.space_id, spaceName: row.space_name }));
    },
    async space(key) {
      const row = await ofSpace(key).select(['space_id', 'space_name']).limit(1).executeTakeFirst();
      return row && { spaceKey: key.spaceKey, spaceId: row.space_id, spaceName: row.space_name };
    },
    async roots(key) {
      const rows = await ofSpace(key).where('is_root', '=', 1).select('page_id').distinct().orderBy('page_id').execute();
      return rows.map((row) => row.page_id);
    },
    async pagesWithMoreAttachments(key) {
      const rows = await ofSpace(key).where('has_more', '=', 1).selectAll().orderBy('item_key').execute();
      return rows.map(toManifestRow);
    },
    async replaceAttachments(key, pageId, rows) {
      await db.transaction().execute(async (tx) => {
        const { tenant, run, spaceKey } = key;
        const page = { tenant, run, space_key: spaceKey, page_id: pageId };
        await tx.deleteFrom('manifest').where((is) => is.and(page)).where('kind', '=', 'attachment').execute();
        await insertManifestRows(tx, engine, key, rows);
        await tx.updateTable('manifest').set({ has_more: 0 }).where((is) => is.and(page)).execute();
      });
    },
    async *files(key) {
      for (let after = ''; ; ) {
        const rows = await ofSpace(key)
          .where('kind', '!=', 'root')
          .where('item_key', '>', after)
          .select(['item_key', 'url', 'updated_at'])
          .orderBy('item_key')
          .limit(ROWS_A_READ)
          .execute();
        for (const row of rows) yield { itemKey: row.item_key, url: row.url, updatedAtIso: row.updated_at };
        const last = rows.at(-1);
        if (last === undefined || rows.length < ROWS_A_READ) return;
        after = last.item_key;
      }
    },
    async rows(key, itemKeys) {
      const rows = await ofSpace(key).where('item_key', 'in', textList(engine, itemKeys)).selectAll().execute();
      return rows.map(toManifestRow);
    },
  };
}

/** Adds rows; one that the run already has stays as it was, but becomes a root if one of the two is. */
export async function insertManifestRows(db: Kysely<Database>, engine: Engine, { tenant, run }: RunKey, rows: readonly ManifestRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const part = rows.slice(from, from + ROWS_A_STATEMENT).map((row) => ({
      tenant,
      run,
      space_key: row.spaceKey,
      item_key: row.itemKey,
      space_id: row.spaceId,
      space_name: row.spaceName,
      kind: row.kind,
      page_id: row.pageId,
      attachment_id: row.attachmentId ?? null,
      page_type: row.pageType,
      title: row.title,
      media_type: row.mediaType ?? null,
      size: row.size ?? null,
      version: row.version,
      updated_at: row.updatedAtIso,
      url: row.url,
      download_path: row.downloadPath ?? null,
      fingerprint: row.fingerprint,
      is_root: row.isRoot ? 1 : 0,
      has_more: row.hasMoreAttachments ? 1 : 0,
    }));
    const names = sql.join(Object.keys(COLUMNS).map((name) => sql.ref(name)));
    // `where true` keeps SQLite from reading `on conflict` as a join; one listing may show a row twice.
    const given = engine === 'sqlite' ? sql`${jsonRows(engine, COLUMNS, part)} where true` : jsonRows(engine, COLUMNS, withoutRepeated(part));
    await sql`insert into manifest (${names}) ${given}
      on conflict (tenant, run, space_key, item_key) do update set is_root = 1
      where excluded.is_root = 1 and manifest.is_root = 0`.execute(db);
  }
}

/** PostgreSQL refuses to touch one row twice in a statement. */
function withoutRepeated<T extends { readonly space_key: string; readonly item_key: string; readonly is_root: number }>(rows: readonly T[]): T[] {
  const byKey = new Map<string, T>();
  for (const row of rows) {
    const key = `${row.space_key}/${row.item_key}`;
    const same = byKey.get(key);
    byKey.set(key, same === undefined ? row : { ...same, is_root: Math.max(same.is_root, row.is_root) });
  }
  return [...byKey.values()];
}

export function toManifestRow(row: Selectable<Database['manifest']>): ManifestRow {
  return {
    spaceKey: row.space_key,
    spaceId: row.space_id,
    spaceName: row.space_name,
    itemKey: row.item_key,
    kind: row.kind as ManifestRow['kind'], // written by insertManifestRows alone
    pageId: row.page_id,
    ...(row.attachment_id === null ? {} : { attachmentId: row.attachment_id }),
    pageType: row.page_type,
    title: row.title,
    ...(row.media_type === null ? {} : { mediaType: row.media_type }),
    ...(row.size === null ? {} : { size: Number(row.size) }),
    version: Number(row.version),
    updatedAtIso: row.updated_at,
    url: row.url,
    ...(row.download_path === null ? {} : { downloadPath: row.download_path }),
    fingerprint: row.fingerprint,
    isRoot: row.is_root === 1,
    hasMoreAttachments: row.has_more === 1,
  };
}
