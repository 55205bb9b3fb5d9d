import { breathe } from './chunks';
import type { Connection } from './connection';

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
  return windows(async (after) => {
    const keys = db
      .selectFrom('manifest')
      .select('item_key')
      .where('space_no', '=', spaceNo)
      .where('item_key', '>', after)
      .orderBy('item_key')
      .limit(ROWS_A_WINDOW);
    const { last } = await db
      .selectFrom(keys.as('keys'))
      .select((eb) => eb.fn.max<string | null>('item_key').as('last'))
      .executeTakeFirstOrThrow();
    return last;
  });
}

/** The ledger's rows of a space in windows, as {@link manifestWindows}. */
export function ledgerWindows({ db }: Connection, tenant: string, spaceKey: string): AsyncGenerator<KeyWindow> {
  return windows(async (after) => {
    const keys = db
      .selectFrom('ledger')
      .select('item_key')
      .where('tenant', '=', tenant)
      .where('space_key', '=', spaceKey)
      .where('item_key', '>', after)
      .orderBy('item_key')
      .limit(ROWS_A_WINDOW);
    const { last } = await db
      .selectFrom(keys.as('keys'))
      .select((eb) => eb.fn.max<string | null>('item_key').as('last'))
      .executeTakeFirstOrThrow();
    return last;
  });
}

async function* windows(lastAfter: (after: string) => Promise<string | null>): AsyncGenerator<KeyWindow> {
  let after = '';
  for (;;) {
    const last = await lastAfter(after);
    if (last === null) return;
    yield { after, last };
    after = last;
    await breathe();
  }
}
