import { sql } from 'kysely';
import type { Connection } from './connection';
import type { Spaces } from './store';

/** @see {@link Spaces} */
export function createSpaces({ db }: Connection): Spaces {
  return {
    async get(tenant, spaceKey) {
      const row = await db
        .selectFrom('spaces')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('space_key', '=', spaceKey)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return {
        tenant,
        spaceKey,
        spaceId: row.space_id,
        ...(row.scope_id === null ? {} : { scopeId: row.scope_id }),
        ...(row.compared_at === null ? {} : { comparedAt: row.compared_at }),
        ...(row.known_since === null ? {} : { knownSince: row.known_since }),
        ...(row.partial_key === null ? {} : { partialKey: row.partial_key }),
      };
    },

    async setScope(tenant, spaceKey, spaceId, scopeId) {
      await db
        .insertInto('spaces')
        .values({ tenant, space_key: spaceKey, space_id: spaceId, scope_id: scopeId, compared_at: null })
        .onConflict((conflict) =>
          conflict.columns(['tenant', 'space_key']).doUpdateSet({
            space_id: spaceId,
            scope_id: scopeId,
            // A key that was given to another space: what was known of the old one does not hold.
            compared_at: sql`case when spaces.space_id = ${spaceId} then spaces.compared_at end`,
            known_since: sql`case when spaces.space_id = ${spaceId} then spaces.known_since end`,
          }),
        )
        .execute();
    },

    async setCompared(tenant, spaceKey, spaceId, at) {
      await db
        .insertInto('spaces')
        .values({ tenant, space_key: spaceKey, space_id: spaceId, scope_id: null, compared_at: at })
        .onConflict((conflict) =>
          conflict.columns(['tenant', 'space_key']).doUpdateSet({
            space_id: spaceId,
            scope_id: sql`case when spaces.space_id = ${spaceId} then spaces.scope_id end`,
            known_since: sql`case when spaces.space_id = ${spaceId} then spaces.known_since end`,
            compared_at: at,
          }),
        )
        .execute();
    },

    async setKnown(tenant, spaceKey, spaceId, at) {
      await db
        .insertInto('spaces')
        .values({ tenant, space_key: spaceKey, space_id: spaceId, scope_id: null, compared_at: null, known_since: at })
        .onConflict((conflict) =>
          conflict.columns(['tenant', 'space_key']).doUpdateSet({
            scope_id: sql`case when spaces.space_id = ${spaceId} then spaces.scope_id end`,
            compared_at: sql`case when spaces.space_id = ${spaceId} then spaces.compared_at end`,
            known_since: sql`case when spaces.space_id = ${spaceId} then coalesce(spaces.known_since, ${at}) else ${at} end`,
            space_id: spaceId,
          }),
        )
        .execute();
    },

    async setKeys(tenant, spaceKey, spaceId, partialKey) {
      await db
        .insertInto('spaces')
        .values({
          tenant,
          space_key: spaceKey,
          space_id: spaceId,
          scope_id: null,
          compared_at: null,
          partial_key: partialKey,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant', 'space_key'])
            .doUpdateSet({ partial_key: partialKey })
            .where('spaces.partial_key', 'is', null)
            .where('spaces.space_id', '=', spaceId),
        )
        .execute();
    },

    async forget(tenant, spaceKey) {
      await db.deleteFrom('spaces').where('tenant', '=', tenant).where('space_key', '=', spaceKey).execute();
    },

    async note(tenant, name) {
      const row = await db
        .selectFrom('notes')
        .select('value')
        .where('tenant', '=', tenant)
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.value;
    },

    async setNote(tenant, name, value) {
      await db
        .insertInto('notes')
        .values({ tenant, name, value })
        .onConflict((conflict) => conflict.columns(['tenant', 'name']).doUpdateSet({ value }))
        .execute();
    },
  };
}
