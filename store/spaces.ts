import type { Kysely } from 'kysely';
import type { Database } from './schema';
import type { Spaces } from './store';

/** What is known of spaces beyond runs, and a tenant's notes. */
export function createSpaces(db: Kysely<Database>): Spaces {
  /** A space that was made again under its old key has another id: what was known of the former does not hold. */
  const put = (tenant: string, spaceKey: string, spaceId: string, known: { scope_id: string } | { compared_at: number }) =>
    db.transaction().execute(async (tx) => {
      const key = { tenant, space_key: spaceKey };
      await tx.deleteFrom('spaces').where((is) => is.and(key)).where('space_id', '!=', spaceId).execute();
      await tx
        .insertInto('spaces')
        .values({ ...key, space_id: spaceId, scope_id: null, compared_at: null, ...known })
        .onConflict((on) => on.columns(['tenant', 'space_key']).doUpdateSet(known))
        .execute();
    });
  return {
    async get(tenant, spaceKey) {
      const row = await db.selectFrom('spaces').where((is) => is.and({ tenant, space_key: spaceKey })).selectAll().executeTakeFirst();
      if (row === undefined) return undefined;
      return {
        tenant,
        spaceKey,
        spaceId: row.space_id,
        ...(row.scope_id === null ? {} : { scopeId: row.scope_id }),
        ...(row.compared_at === null ? {} : { comparedAt: Number(row.compared_at) }),
      };
    },
    setScope: (tenant, spaceKey, spaceId, scopeId) => put(tenant, spaceKey, spaceId, { scope_id: scopeId }),
    setCompared: (tenant, spaceKey, spaceId, at) => put(tenant, spaceKey, spaceId, { compared_at: at }),
    async note(tenant, name) {
      const row = await db.selectFrom('notes').where((is) => is.and({ tenant, name })).select('value').executeTakeFirst();
      return row?.value;
    },
    async setNote(tenant, name, value) {
      await db
        .insertInto('notes')
        .values({ tenant, name, value })
        .onConflict((on) => on.columns(['tenant', 'name']).doUpdateSet({ value }))
        .execute();
    },
  };
}
