/** Rows a statement: bounds the JSON text that is in memory at a time. */
const ROWS_A_STATEMENT = 1_000;

/** The rows in parts that one bulk statement takes. */
export function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) yield rows.slice(from, from + ROWS_A_STATEMENT);
}

/**
 * Lets timers and sockets have their turn. The SQLite driver answers at once, and promises that are settled already
 * never yield to them: without this a long loop of short statements would stop every heartbeat of the process.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
