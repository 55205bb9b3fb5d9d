import { sql } from 'kysely';
import type { Connection, Queries } from './connection';
import type { Leases, RunKey, SpaceRunKey } from './store';
import { requireSpace, requireWriter } from './writer-check';

/** @see {@link Leases} */
export function createLeases(connection: Connection): Leases {
  const { db } = connection;
  return {
    async holdSpace({ tenant, run, spaceKey }, now, forMs) {
      for (;;) {
        const taken = await db
          .insertInto('leases')
          .values({ tenant, space_key: spaceKey, owner: run, fence: 1, until: now + forMs })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant', 'space_key'])
              .doUpdateSet({
                owner: run,
                fence: sql`case when leases.owner = ${run} then leases.fence else leases.fence + 1 end`,
                until: now + forMs,
              })
              .where((eb) =>
                eb.or([eb('leases.owner', 'is', null), eb('leases.owner', '=', run), eb('leases.until', '<=', now)]),
              ),
          )
          .returning('fence')
          .execute();
        if (taken.length > 0) return { held: true };
        const holder = await find({ tenant, run, spaceKey });
        // Given free between the two statements: once more.
        if (holder !== undefined && holder.owner !== null)
          return { held: false, owner: holder.owner, until: holder.until };
      }
    },

    async renewSpace({ tenant, run, spaceKey }, now, forMs) {
      await db
        .updateTable('leases')
        .set({ until: now + forMs })
        .where('tenant', '=', tenant)
        .where('space_key', '=', spaceKey)
        .where('owner', '=', run)
        .execute();
    },

    async releaseSpace({ tenant, run, spaceKey }) {
      await db
        .updateTable('leases')
        .set({ owner: null })
        .where('tenant', '=', tenant)
        .where('space_key', '=', spaceKey)
        .where('owner', '=', run)
        .execute();
    },

    async formerHolders({ tenant, run }, workflowId) {
      const rows = await db
        .selectFrom('runs')
        .select('run')
        .where('tenant', '=', tenant)
        .where('workflow_id', '=', workflowId)
        .where('run', '!=', run)
        .where('ended_at', 'is', null)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('leases')
              .select('leases.tenant')
              .where('leases.tenant', '=', tenant)
              .whereRef('leases.owner', '=', 'runs.run'),
          ),
        )
        .execute();
      return rows.map((row) => row.run);
    },

    releaseSpaces: (key) => releaseSpaces(db, key),

    async claimSlice(writer) {
      const { tenant, run, spaceKey, slice, attempt } = writer;
      await db.transaction().execute(async (open) => {
        await requireSpace(open, connection.dialect, writer);
        await open
          .insertInto('slice_attempts')
          .values({ tenant, run, space_key: spaceKey, slice, attempt })
          .onConflict((conflict) => conflict.columns(['tenant', 'run', 'space_key', 'slice']).doUpdateSet({ attempt }))
          .execute();
      });
    },

    confirm: (writer) => requireWriter(db, connection.dialect, writer),
  };

  function find({ tenant, spaceKey }: SpaceRunKey) {
    return db
      .selectFrom('leases')
      .select(['owner', 'until'])
      .where('tenant', '=', tenant)
      .where('space_key', '=', spaceKey)
      .executeTakeFirst();
  }
}

/** Gives all spaces of a run free: nobody waits for the ends of its leases. */
export async function releaseSpaces(db: Queries, { tenant, run }: RunKey): Promise<void> {
  await db.updateTable('leases').set({ owner: null }).where('tenant', '=', tenant).where('owner', '=', run).execute();
}
