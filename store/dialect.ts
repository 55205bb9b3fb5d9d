import { type RawBuilder, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';

/** Which database a store speaks to. */
export type Engine = 'sqlite' | 'postgres';

export type ColumnType = 'text' | 'bigint' | 'double precision';

/** The few expressions that SQLite and PostgreSQL write differently. */
export interface Dialect {
  /** Rows given as JSON in one parameter, whatever their number; absent columns are null. */
  rows<T extends object>(rows: readonly T[], columns: Readonly<Record<keyof T & string, ColumnType>>): RawBuilder<T>;
  /** Whether a column has one of these values, which are one parameter, whatever their number. */
  isIn(column: string, values: readonly string[]): RawBuilder<SqlBool>;
  /** Keeps the rows that a transaction read from being changed by another until it ends. */
  keep<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** The same, but nobody else may keep them either. */
  lock<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** Type of a column that counts itself up. */
  readonly serial: RawBuilder<unknown>;
  /** Type of a text column that keys are compared and sorted by: by bytes in both databases. */
  readonly keyText: RawBuilder<unknown>;
  /** Ends a `create table` whose rows lie in the order of their key. */
  readonly keyOrdered: RawBuilder<unknown>;
}

const name = (column: string) => sql.ref(column);
const list = (parts: readonly RawBuilder<unknown>[]) => sql.join(parts, sql`, `);

const sqlite: Dialect = {
  rows<T extends object>(rows: readonly T[], columns: Readonly<Record<keyof T & string, ColumnType>>) {
    const names = Object.keys(columns) as (keyof T & string)[];
    const selected = names.map((column, index) => sql`fields ->> ${sql.lit(index)} as ${name(column)}`);
    const fields = toJson(rows.map((row) => names.map((column) => row[column])));
    // Each row is parsed once, which the limit sees to: without it SQLite would do so for each column (three times slower).
    return sql<T>`(select ${list(selected)} from (select jsonb(value) as fields from json_each(${fields}) limit -1))`;
  },
  isIn: (column, values) => sql<SqlBool>`${name(column)} in (select value from json_each(${toJson(values)}))`,
  // One process and one connection: transactions never overlap.
  keep: (query) => query,
  lock: (query) => query,
  serial: sql`integer primary key autoincrement`,
  keyText: sql`text`,
  keyOrdered: sql`without rowid`,
};

const postgres: Dialect = {
  rows<T extends object>(rows: readonly T[], columns: Readonly<Record<string, ColumnType>>) {
    const typed = Object.entries(columns).map(([column, type]) => sql`${name(column)} ${sql.raw(type)}`);
    return sql<T>`(select * from json_to_recordset(${toJson(rows)}::json) as given(${list(typed)}))`;
  },
  // An array and no subquery: that would be a join, which PostgreSQL without statistics makes the wrong way round.
  isIn: (column, values) => sql<SqlBool>`${name(column)} = any(${[...values]}::text[])`,
  keep: (query) => query.forShare(),
  lock: (query) => query.forUpdate(),
  serial: sql`bigint generated always as identity primary key`,
  keyText: sql`text collate "C"`,
  keyOrdered: sql``,
};

export const dialects: Readonly<Record<Engine, Dialect>> = { sqlite, postgres };

/**
 * JSON without what no database keeps: a NUL character and half of a surrogate pair become U+FFFD. PostgreSQL refuses
 * both; the SQLite driver ends the whole process when it reads the latter. Titles come from elsewhere and may hold them.
 */
function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  // `JSON.stringify` escapes a surrogate only when it stands alone. Any other escape is kept, an escaped backslash too.
  if (!json.includes('\\u')) return json;
  return json.replace(/\\(?:u(?:0000|d[89a-f][\da-f]{2})|[^])/g, (escape) => (escape.length > 2 ? '\\ufffd' : escape));
}
