import { readDriverError } from './driver-error';
import { StoreLockedError } from './errors';
import { openFile, sqliteError } from './sqlite-database';

/** Held until released, or until the process is gone, however it went. */
export interface FileLock {
  release(): void;
}

/** Keeps the collector from closing the file, and so ending the lock, of a store that nothing refers to for a while. */
const held = new Set<unknown>();

/**
 * Takes the exclusive lock beside a SQLite store.
 *
 * The lock is the write lock of a tiny SQLite file, and so one of the operating system: it ends with its process, also
 * after kill -9 and a power cut, and no process id can be mistaken for another (in containers every worker is number 1).
 *
 * @throws {StoreLockedError} naming the holder
 */
export function takeFileLock(file: string): FileLock {
  const lockFile = `${file}.lock`;
  const database = openFile(lockFile);
  try {
    database.exec('pragma busy_timeout = 200; begin immediate; create table if not exists holder (pid integer)');
    database.exec(`delete from holder; insert into holder values (${process.pid}); commit; begin immediate`);
    database.exec('rollback');
    return {
      release() {
        held.delete(database);
        database.close();
      },
    };
  } catch (error) {
    const isHeld = readDriverError(error).code?.startsWith('SQLITE_BUSY') === true;
    const pid = isHeld ? holder() : undefined;
    database.close();
    throw isHeld ? new StoreLockedError(file, pid) : sqliteError(lockFile, error);
  }

  /** Readable while the write lock is held; unknown if the holder is just about to write it. */
  function holder(): number | undefined {
    try {
      const row: unknown = database.prepare('select pid from holder').get();
      const pid = row !== null && typeof row === 'object' && 'pid' in row ? row.pid : undefined;
      return typeof pid === 'number' ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}
