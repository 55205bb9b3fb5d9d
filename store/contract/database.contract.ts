import type { Store } from '../store';

/** A database of a test's own. */
export interface TestDatabase {
  readonly store: Store;
  /** The store as another worker has it, where the engine allows several; else the same one. */
  readonly other: Store;
  /** Closes and opens the store again, as a restarted worker does. */
  reopen(): Promise<Store>;
  drop(): Promise<void>;
}

/** Makes a new, empty database. */
export type MakeDatabase = () => Promise<TestDatabase>;

/** A database for each test of a block; dropped after it. */
export function withDatabase(make: MakeDatabase): {
  readonly store: Store;
  readonly other: Store;
  reopen(): Promise<void>;
} {
  let database: TestDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await make();
    store = database.store;
  });
  afterEach(() => database.drop());
  return {
    get store() {
      return store;
    },
    get other() {
      return database.other;
    },
    async reopen() {
      store = await database.reopen();
    },
  };
}
