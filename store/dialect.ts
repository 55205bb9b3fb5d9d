import { type RawBuilder, sql } from 'kysely';

/** The two engines; what they say differently stands in this file alone. */
export type Engine = 'sqlite' | 'postgres';

export type ColumnType = 'text' | 'bigint';

/** A table made of JSON: thousands of rows travel as one parameter, which keeps memory and parsing small. */
export function jsonRows(engine: Engine, columns: Readonly<Record<string, ColumnType>>, rows: readonly object[]): RawBuilder<unknown> {
  const json = JSON.stringify(rows);
  const names = Object.keys(columns);
  if (engine === 'sqlite') {
    const list = sql.join(names.map((name) => sql`value ->> ${sql.lit(name)} as ${sql.ref(name)}`));
    return sql`select ${list} from json_each(${json})`;
  }
  const list = sql.join(names.map((name) => sql.ref(name)));
  const definition = sql.join(names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name] ?? 'text')}`));
  return sql`select ${list} from jsonb_to_recordset(${json}::jsonb) as given(${definition})`;
}

/** The texts of a list, as a one-column table for `in`. */
export function textList(engine: Engine, texts: readonly string[]): RawBuilder<string> {
  const json = JSON.stringify(texts);
  return engine === 'sqlite'
    ? sql<string>`(select value from json_each(${json}))`
    : sql<string>`(select jsonb_array_elements_text(${json}::jsonb))`;
}
