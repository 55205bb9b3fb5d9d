import { type Kysely, type Migration, Migrator } from 'kysely';
import type { Dialect } from './dialect';
import { StoreNewerError, StoreQueryError } from './errors';
import { createFirstTables } from './migrations/0001-first-tables';
import { addRemovals } from './migrations/0002-removals';
import { addImages } from './migrations/0004-images';
import { addFormerCopies } from './migrations/0005-former-copies';
import { addPlansAndVerification } from './migrations/0007-plans-and-verification';
import { addLimits } from './migrations/0012-limits';
import { addRunPlace } from './migrations/0013-run-place';
import { addLastingContents } from './migrations/0014-lasting-contents';

/** Every step from an empty database to today's tables, in their order. A step that was released never changes. */
const MIGRATIONS: Readonly<Record<string, (db: Kysely<unknown>, dialect: Dialect) => Promise<void>>> = {
  '0001-first-tables': createFirstTables,
  '0002-removals': addRemovals,
  '0004-images': addImages,
  '0005-former-copies': addFormerCopies,
  '0007-plans-and-verification': addPlansAndVerification,
  '0012-limits': addLimits,
  '0013-run-place': addRunPlace,
  '0014-lasting-contents': addLastingContents,
};

/**
 * Brings the tables up to date, under a lock that other processes wait for.
 *
 * @throws {StoreNewerError} when the store has a step that this version does not know; nothing is changed
 */
export async function migrate(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const migrations: Record<string, Migration> = Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, up]) => [name, { up: (open: Kysely<unknown>) => up(open, dialect) }]),
  );
  await refuseNewer(db);
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error !== undefined) {
    // A newer version may have been started in the moment between.
    await refuseNewer(db);
    throw error instanceof Error ? error : new StoreQueryError('the migration failed', undefined);
  }
}

async function refuseNewer(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return;
  const done = await (db as Kysely<{ kysely_migration: { readonly name: string } }>)
    .selectFrom('kysely_migration')
    .select('name')
    .orderBy('name')
    .execute();
  const unknown = done.find(({ name }) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown !== undefined) throw new StoreNewerError(unknown.name);
}
