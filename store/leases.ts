import type { Kysely } from 'kysely';
import type { Database } from './schema';
import { type Leases, SupersededError, type Writer } from './store';

/** Who may write: a run holds a space for a while, an attempt of that run holds a slice. */
export function createLeases(db: Kysely<Database>): Leases {
  return {
    holdSpace({ tenant, run, spaceKey }, now, forMs) {
      const key = { tenant, space_key: spaceKey };
      return db.transaction().execute(async (tx) => {
        const row = await tx.selectFrom('leases').where((is) => is.and(key)).selectAll().executeTakeFirst();
        if (row !== undefined && row.owner !== run && Number(row.until) > now) {
          return { held: false, owner: row.owner, until: Number(row.until) } as const;
        }
        const until = now + forMs;
        // The fence counts owners: whoever had the space before sees that it is not his any more.
        const fence = row === undefined ? 1 : Number(row.fence) + (row.owner === run ? 0 : 1);
        await tx
          .insertInto('leases')
          .values({ ...key, owner: run, fence, until })
          .onConflict((on) => on.columns(['tenant', 'space_key']).doUpdateSet({ owner: run, fence, until }))
          .execute();
        return { held: true } as const;
      });
    },
    async releaseSpace({ tenant, run, spaceKey }) {
      const mine = { tenant, space_key: spaceKey, owner: run };
      await db.updateTable('leases').set({ until: 0 }).where((is) => is.and(mine)).execute();
    },
    async claimSlice(writer) {
      await db.transaction().execute(async (tx) => {
        await assertSpace(tx, writer);
        const { tenant, run, spaceKey, slice, attempt } = writer;
        await tx
          .insertInto('slices')
          .values({ tenant, run, space_key: spaceKey, slice, attempt })
          .onConflict((on) => on.columns(['tenant', 'run', 'space_key', 'slice']).doUpdateSet({ attempt }))
          .execute();
      });
    },
  };
}

/** @throws {SupersededError} when the run lost the space, or another attempt has the slice */
export async function assertWriter(tx: Kysely<Database>, writer: Writer): Promise<void> {
  await assertSpace(tx, writer);
  const { tenant, run, spaceKey, slice, attempt } = writer;
  const row = await tx
    .selectFrom('slices')
    .where((is) => is.and({ tenant, run, space_key: spaceKey, slice }))
    .select('attempt')
    .executeTakeFirst();
  if (row?.attempt !== attempt) {
    throw new SupersededError(`Another attempt goes on with ${slice} of space ${spaceKey}; this one stops.`);
  }
}

/** A lease that ended but that nobody took since is still ours. */
async function assertSpace(tx: Kysely<Database>, { tenant, run, spaceKey }: Writer): Promise<void> {
  const row = await tx
    .selectFrom('leases')
    .where((is) => is.and({ tenant, space_key: spaceKey }))
    .select('owner')
    .executeTakeFirst();
  if (row?.owner !== run) throw new SupersededError(`Another run holds space ${spaceKey}; this one stops.`);
}
