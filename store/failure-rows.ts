import { sql } from 'kysely';
import type { Failure } from '../rules/report';
import { chunks } from './chunks';
import type { Queries } from './connection';
import type { Dialect } from './dialect';
import type { RunKey, SpaceRunKey } from './store';

const MESSAGE_CHARACTERS = 500;

/** A message as it is kept: a database row is no place for a whole error page. */
export function cutMessage(message: string): string {
  return message.slice(0, MESSAGE_CHARACTERS);
}

/** Writes failures of a run; a later one of the same item replaces the earlier. */
export async function writeFailures(
  open: Queries,
  dialect: Dialect,
  { tenant, run }: RunKey,
  failures: readonly Failure[],
  at: number,
): Promise<void> {
  const rows = failures.map(({ spaceKey, itemKey, step, httpStatus, message }) => ({
    space_key: spaceKey,
    item_key: itemKey,
    step,
    http_status: httpStatus ?? null,
    message: cutMessage(message),
  }));
  // A statement may touch a row once only: of two failures of an item, the later.
  const last = new Map(rows.map((row) => [JSON.stringify([row.space_key, row.item_key]), row]));
  for (const chunk of chunks([...last.values()])) {
    const given = dialect.rows(chunk, {
      space_key: 'text',
      item_key: 'text',
      step: 'text',
      http_status: 'bigint',
      message: 'text',
    });
    await sql`
      insert into failures (tenant, run, space_key, item_key, step, http_status, message, at)
      select ${tenant}, ${run}, space_key, item_key, step, http_status, message, cast(${at} as bigint)
      from ${given} as given where true order by space_key, item_key
      on conflict (tenant, run, space_key, item_key) do update set
        step = excluded.step, http_status = excluded.http_status, message = excluded.message, at = excluded.at`.execute(
      open,
    );
  }
}

/** Takes the failures of items back that were ingested after all; that a listing failed stays true. */
export async function dropIngestionFailures(
  open: Queries,
  dialect: Dialect,
  { tenant, run, spaceKey }: SpaceRunKey,
  itemKeys: readonly string[],
): Promise<void> {
  await open
    .deleteFrom('failures')
    .where('tenant', '=', tenant)
    .where('run', '=', run)
    .where('space_key', '=', spaceKey)
    .where(dialect.isIn('item_key', itemKeys))
    .where('step', 'not in', ['discover', 'attachments'])
    .execute();
}
