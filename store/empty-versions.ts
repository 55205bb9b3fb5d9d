import { chunks } from './chunks';
import type { Connection } from './connection';

/** Versions that were read and are empty; a row from before versions were kept is left out until it is read again. */
export async function emptyVersions(
  { db, dialect }: Connection,
  tenant: string,
  spaceKey: string,
  itemKeys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const chunk of chunks(itemKeys)) {
    const rows = await db
      .selectFrom('ledger')
      .select(['item_key', 'version'])
      .where('tenant', '=', tenant)
      .where('space_key', '=', spaceKey)
      .where('state', '=', 'empty')
      .where(dialect.isIn('item_key', chunk))
      .execute();
    for (const { item_key, version } of rows) if (version !== null) found.set(item_key, version);
  }
  return found;
}
