import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/** Thrown when another process has the SQLite store. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError';

  constructor(readonly pid: number) {
    super(
      `Another worker (process ${pid}) uses this store. Stop it, or let several workers share a store on PostgreSQL: ` +
        'set SYNCSPACE_STORE_URL.',
    );
  }
}

export interface ProcessLock {
  release(): void;
}

/**
 * A lock that dies with its process: the file names the process and when that began, so that what a killed one left
 * behind is taken over at once, and a later process with the same number is not mistaken for it.
 *
 * @throws {StoreLockedError}
 */
export function lockProcess(path: string): ProcessLock {
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, mine);
      closeSync(file);
      return { release: () => releaseOwn(path, mine) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = livingHolder(path);
    if (holder !== undefined) throw new StoreLockedError(holder);
    rmSync(path, { force: true });
  }
}

function livingHolder(path: string): number | undefined {
  const [pid, start] = read(path).split(' ');
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0 || !isAlive(number)) return undefined;
  return start === startOf(number) ? number : undefined;
}

function releaseOwn(path: string, mine: string): void {
  if (read(path) === mine) rmSync(path, { force: true });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start time in clock ticks since boot, where the system tells (Linux); elsewhere the pid alone must do. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold blanks; the 20th field after it is the start time.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}
