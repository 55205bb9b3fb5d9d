import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from './contract/database.contract';
import { openStore } from './open';
import { describeStore } from './store.contract';

describe('on SQLite', () => describeStore(makeSqlite));

async function makeSqlite(): Promise<TestDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'syncspace-store-'));
  let store = await openStore({ home });
  return {
    store,
    other: store,
    async reopen() {
      await store.close();
      store = await openStore({ home });
      return store;
    },
    async drop() {
      await store.close();
      await rm(home, { recursive: true });
    },
  };
}
