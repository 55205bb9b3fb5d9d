import type { Kysely, SelectQueryBuilder } from 'kysely';
import { breathe } from './chunks';
import type { Connection } from './connection';
import type { Schema } from './schema';

/** Rows a window: a statement over one stays far below 50 ms. */
const ROWS_A_WINDOW = 5_000;

/** A range of item keys. */
export interface KeyWindow {
  /** Exclusive. */
  readonly after: string;
  /** Inclusive. */
  readonly last: string;
}

/** The manifest's rows of a space in windows, by key; between two of them everybody else has a turn. */
export function manifestWindows({ db }: Connection, spaceNo: number): AsyncGenerator<KeyWindow> {
  return windows(db, db.selectFrom('manifest').select('item_key').where('space_no', '=', spaceNo));
}

/** The ledger's rows of a space in windows, as {@link manifestWindows}. */
export function ledgerWindows({ db }: Connection, tenant: string, spaceKey: string): AsyncGenerator<KeyWindow> {
  const ofSpace = db.selectFrom('ledger').select('item_key').where('tenant', '=', tenant);
  return windows(db, ofSpace.where('space_key', '=', spaceKey));
}

async function* windows(
  db: Kysely<Schema>,
  rows: SelectQueryBuilder<Schema, 'manifest' | 'ledger', { item_key: string }>,
): AsyncGenerator<KeyWindow> {
  let after = '';
  for (;;) {
    const keys = rows.where('item_key', '>', after).orderBy('item_key').limit(ROWS_A_WINDOW);
    const { last } = await db
      .selectFrom(keys.as('keys'))
      .select((eb) => eb.fn.max<string | null>('item_key').as('last'))
      .executeTakeFirstOrThrow();
    if (last === null) return;
    yield { after, last };
    after = last;
    await breathe();
  }
}
