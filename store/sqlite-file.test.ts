import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql, SqliteDialect } from 'kysely';
import Database from 'libsql';
import { StoreLockedError, StoreNewerError, StoreQueryError, StoreUnavailableError } from './errors';
import { guardedDialect } from './guarded-dialect';
import { openStore } from './open';
import { openSqlite, sqliteError } from './sqlite-database';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'syncspace-file-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('the file of a SQLite store', () => {
  test('is refused to a second worker, naming the first and the way out', async () => {
    const store = await openStore({ home });
    const error: unknown = await openStore({ home }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreLockedError);
    expect(error).toMatchObject({ pid: process.pid });
    expect(String(error)).toContain(`process ${process.pid}`);
    expect(String(error)).toContain('several workers need PostgreSQL: set SYNCSPACE_STORE_URL');
    await store.close();
    await (await openStore({ home })).close();
  });

  test('is locked by another process, and taken over at once when that was killed', async () => {
    const worker = await startWorker(home);
    await expect(openStore({ home })).rejects.toMatchObject({ name: 'StoreLockedError', pid: worker.pid });
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    const since = Date.now();
    const store = await openStore({ home });
    expect(Date.now() - since).toBeLessThan(1_000);
    expect(await store.spaces.note('acme', 'written-by')).toBe(String(worker.pid));
    await store.close();
  });

  test('is given to one of several workers that want it after a crash', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => openStore({ home })));
    const opened = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(opened).toHaveLength(1);
    await Promise.all(opened.map(({ value }) => value.close()));
  });

  test('is free again when opening it failed', async () => {
    await writeFile(
      join(home, 'store.db'),
      'no database, but long enough to be taken for the head of one. '.repeat(20),
    );
    for (let repeat = 0; repeat < 2; repeat++) {
      const error: unknown = await openStore({ home }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(String(error)).toContain('damaged');
    }
  });

  test('is made in a folder that does not exist yet', async () => {
    const store = await openStore({ home: join(home, 'a', 'b') });
    await store.close();
    expect(await readdir(join(home, 'a', 'b'))).toContain('store.db');
  });

  test('is told to be unwritable where it cannot be made', async () => {
    await writeFile(join(home, 'file'), '');
    await mkdir(join(home, 'folder', 'store.db'), { recursive: true });
    for (const where of [join(home, 'file', 'below'), join(home, 'folder')]) {
      const error: unknown = await openStore({ home: where }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(String(error)).toContain('SYNCSPACE_HOME');
    }
  });

  test('is refused, and left as it is, when a newer version made it', async () => {
    await (await openStore({ home })).close();
    const database = new Database(join(home, 'store.db'));
    database.exec(`insert into kysely_migration values ('9999-of-tomorrow', 'now')`);
    database.close();
    for (let repeat = 0; repeat < 2; repeat++) {
      const error: unknown = await openStore({ home }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreNewerError);
      expect(String(error)).toContain('newer version');
    }
  });
});

describe('a SQLite database', () => {
  const file = () => join(home, 'any.db');
  const open = () => {
    const database = openSqlite(file());
    const dialect = guardedDialect(new SqliteDialect({ database }), (error) => sqliteError(file(), error));
    return { database, db: new Kysely<unknown>({ dialect }) };
  };

  test('whose disk is full says so, loses nothing of before, and works again when there is room', async () => {
    const { database, db } = open();
    await sql`create table items (text text)`.execute(db);
    database.prepare('pragma max_page_count = 20').all([]);
    const fill = (rows: number) =>
      db.transaction().execute(async (tx) => {
        for (let row = 0; row < rows; row++) await sql`insert into items values (${'x'.repeat(4_000)})`.execute(tx);
      });
    await fill(3);
    const error: unknown = await fill(50).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({ code: 'SQLITE_FULL' });
    database.prepare('pragma max_page_count = 1000').all([]);
    await fill(50);
    const { rows } = await sql<{ n: number }>`select count(*) as n from items`.execute(db);
    expect(rows).toEqual([{ n: 53 }]);
    await db.destroy();
  });

  test('refuses what would end the process', async () => {
    const { db } = open();
    for (const value of [true, undefined, 5n, {}, new Date()]) {
      await expect(sql`select ${value}`.execute(db)).rejects.toThrow(TypeError);
    }
    await db.destroy();
  });

  test('goes on after a statement that failed', async () => {
    const { db } = open();
    await sql`create table items (id integer primary key)`.execute(db);
    const insert = () => sql`insert into items values (${1}) returning id`.execute(db);
    await insert();
    await expect(insert()).rejects.toThrow(StoreQueryError);
    await sql`delete from items`.execute(db);
    expect((await insert()).rows).toEqual([{ id: 1 }]);
    await db.destroy();
  });

  test('keeps no memory of the parameters of each query', async () => {
    const { db } = open();
    const ask = () => sql`select length(${'x'.repeat(200_000)}) as n`.execute(db);
    for (let warm = 0; warm < 50; warm++) await ask();
    const before = process.memoryUsage.rss();
    for (let query = 0; query < 1_500; query++) await ask();
    // 300 MB were bound; that much stays when each query has a statement of its own.
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
    await db.destroy();
  });
});

/** A process of its own that opens the store, writes its id, and then does nothing. */
async function startWorker(folder: string): Promise<ChildProcess & { readonly pid: number }> {
  const script = `
    const { transformSync } = require('@swc/core');
    const { readFileSync } = require('node:fs');
    const options = require('./scripts/swc-options.cjs');
    require.extensions['.ts'] = (module, filename) =>
      module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename, sourceMaps: false }).code, filename);
    const { openStore } = require('./store/open.ts');
    openStore({ home: process.argv[1] })
      .then((store) => store.spaces.setNote('acme', 'written-by', String(process.pid)))
      .then(() => { process.stdout.write('open'); setInterval(() => undefined, 1_000); });`;
  const worker = spawn(process.execPath, ['-e', script, folder], {
    cwd: join(__dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(worker.stdout, 'data');
  if (worker.pid === undefined) throw new Error('The worker did not start.');
  return Object.assign(worker, { pid: worker.pid });
}
