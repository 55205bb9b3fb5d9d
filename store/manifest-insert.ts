import { sql } from 'kysely';
import { chunks } from './chunks';
import type { Queries } from './connection';
import type { Dialect } from './dialect';
import { DISCOVERED_COLUMNS, type DiscoveredColumns, isItemKind, toColumns } from './manifest-row';
import { runSpaces } from './run-spaces';
import type { ManifestTable } from './schema';
import type { ManifestRow, RunKey } from './store';

const COLUMNS = sql.join(
  Object.keys(DISCOVERED_COLUMNS).map((column) => sql.ref(column)),
  sql`, `,
);

/**
 * Adds rows that the run does not have yet; of those that it has, only "is a root" is taken over. The spaces' counts
 * and their plan's state go along. To be called in a transaction.
 */
export async function insertRows(
  open: Queries,
  dialect: Dialect,
  key: RunKey,
  rows: readonly ManifestRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const numbers = await numberSpaces(open, dialect, key, rows);
  const columns = rows.flatMap((row) => {
    const spaceNo = numbers.get(row.spaceKey);
    return spaceNo === undefined ? [] : [toColumns(spaceNo, row)];
  });
  const added = new Map<number, number>();
  for (const chunk of chunks(columns)) {
    const given = dialect.rows<DiscoveredColumns>(chunk, DISCOVERED_COLUMNS);
    // Sorted, so that two transactions with the same rows wait for each other instead of locking each other out.
    const inserted = await sql<Pick<ManifestTable, 'space_no' | 'kind'>>`
      insert into manifest (${COLUMNS}) select ${COLUMNS} from ${given} as given where true order by space_no, item_key
      on conflict (space_no, item_key) do nothing returning space_no, kind`.execute(open);
    for (const { space_no, kind } of inserted.rows) {
      if (isItemKind(kind)) added.set(space_no, (added.get(space_no) ?? 0) + 1);
    }
    await markRoots(open, dialect, chunk);
  }
  for (const [spaceNo, items] of [...added].sort(([a], [b]) => a - b)) await countItems(open, spaceNo, items);
}

/**
 * Corrects the space's count; what is new or gone was not compared. Once slices are cut the plan stands as it is: a page
 * that came to this space meanwhile, found below the root that it left, is the next run's.
 */
export async function countItems(open: Queries, spaceNo: number, more: number): Promise<void> {
  await open
    .updateTable('run_spaces')
    .set((eb) => ({ items: eb('items', '+', more), is_compared: 0 }))
    .where('space_no', '=', spaceNo)
    .where('is_cut', '=', 0)
    .execute();
}

async function numberSpaces(
  open: Queries,
  dialect: Dialect,
  { tenant, run }: RunKey,
  rows: readonly ManifestRow[],
): Promise<ReadonlyMap<string, number>> {
  const spaces = new Map(rows.map((row) => [row.spaceKey, row]));
  const keys = [...spaces.keys()].sort();
  const find = () => runSpaces(open, { tenant, run }).where(dialect.isIn('space_key', keys)).execute();
  let known = await find();
  if (known.length < keys.length) {
    const values = [...spaces.values()]
      .sort((a, b) => (a.spaceKey < b.spaceKey ? -1 : 1))
      .map(({ spaceKey, spaceId, spaceName }) => ({ space_key: spaceKey, space_id: spaceId, space_name: spaceName }));
    const given = dialect.rows(values, { space_key: 'text', space_id: 'text', space_name: 'text' });
    await sql`
      insert into run_spaces (tenant, run, space_key, space_id, space_name)
      select ${tenant}, ${run}, space_key, space_id, space_name from ${given} as given where true
      on conflict (tenant, run, space_key) do nothing`.execute(open);
    known = await find();
  }
  return new Map(known.map(({ space_key, space_no }) => [space_key, space_no]));
}

async function markRoots(open: Queries, dialect: Dialect, rows: readonly DiscoveredColumns[]): Promise<void> {
  const roots = rows.filter(({ is_root }) => is_root === 1);
  const bySpace = new Map(roots.map(({ space_no }) => [space_no, [] as string[]]));
  for (const { space_no, item_key } of roots) bySpace.get(space_no)?.push(item_key);
  for (const [spaceNo, itemKeys] of bySpace) {
    await open
      .updateTable('manifest')
      .set({ is_root: 1 })
      .where('space_no', '=', spaceNo)
      .where(dialect.isIn('item_key', itemKeys))
      .where('is_root', '=', 0)
      .execute();
  }
}
