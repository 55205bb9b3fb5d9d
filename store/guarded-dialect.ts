import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from 'kysely';

/**
 * A Kysely dialect whose errors are the store's own, whatever statement they come from.
 *
 * The drivers' errors never leave here: PostgreSQL's carry the row that was refused, titles and all.
 */
export function guardedDialect(dialect: Dialect, toStoreError: (error: unknown) => Error): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => guardedDriver(dialect.createDriver(), toStoreError),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

function guardedDriver(driver: Driver, toStoreError: (error: unknown) => Error): Driver {
  const guarded = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  const init = driver.init.bind(driver);
  driver.init = () => init().catch(rethrow);
  driver.acquireConnection = async () => {
    const connection = await acquire().catch(rethrow);
    if (guarded.has(connection)) return connection;
    guarded.add(connection);
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = async <R>(query: CompiledQuery) => {
      try {
        return await execute<R>(query);
      } catch (error) {
        // After some errors (disk full) SQLite has rolled back already; "no transaction is active" must not hide them.
        if (query.sql === 'rollback') return { rows: [] };
        return rethrow(error);
      }
    };
    return connection;
  };
  return driver;

  function rethrow(error: unknown): never {
    throw toStoreError(error);
  }
}
