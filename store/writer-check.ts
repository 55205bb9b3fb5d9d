import type { Queries } from './connection';
import type { Dialect } from './dialect';
import { type SpaceRunKey, SupersededError, type Writer } from './store';

/**
 * Passes when the run holds the space, and keeps it so until the transaction ends. A lease that ran out counts as long
 * as nobody took it.
 *
 * @throws {SupersededError}
 */
export async function requireSpace(
  open: Queries,
  dialect: Dialect,
  { tenant, run, spaceKey }: SpaceRunKey,
): Promise<void> {
  const query = open
    .selectFrom('leases')
    .select('owner')
    .where('tenant', '=', tenant)
    .where('space_key', '=', spaceKey);
  const row = await dialect.keep(query).executeTakeFirst();
  if (row?.owner === run) return;
  const holder = row?.owner == null ? 'nobody holds it now' : `run ${row.owner} does`;
  throw new SupersededError(
    `Run ${run} of tenant ${tenant} does not hold space ${spaceKey} any more: ${holder}. Nothing was written; what is unfinished is taken up by the next run.`,
  );
}

/**
 * Passes when the writer's run holds the space and the writer's attempt its slice, and keeps both so until the
 * transaction ends: whoever takes over waits for that.
 *
 * @throws {SupersededError}
 */
export async function requireWriter(open: Queries, dialect: Dialect, writer: Writer): Promise<void> {
  await requireSpace(open, dialect, writer);
  const { tenant, run, spaceKey, slice, attempt } = writer;
  const query = open
    .selectFrom('slice_attempts')
    .select('attempt')
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('space_key', '=', spaceKey)
    .where('slice', '=', slice);
  const row = await dialect.keep(query).executeTakeFirst();
  if (row?.attempt === attempt) return;
  throw new SupersededError(
    `Slice ${slice} of space ${spaceKey} (tenant ${tenant}) belongs to another attempt. Nothing was written; that attempt goes on with it.`,
  );
}
