import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { processStart } from './process-identity';

const schema = z.object({
  pid: z.number().int().positive(),
  processStart: z.string(),
  /** `reader`: a worker that answers questions only. */
  works: z.enum(['no', 'reader', 'worker']),
});

/** A command that uses the embedded server of a home: the last one that leaves stops the server. */
export type HomeUser = Readonly<z.output<typeof schema>>;

/** Whether a process polls for work, and for which. */
export type Work = HomeUser['works'];

/** Enters this process, or changes what it does. */
export function enterUser(home: string, works: Work): void {
  mkdirSync(usersOf(home), { recursive: true, mode: 0o700 });
  const user: HomeUser = { pid: process.pid, processStart: processStart(process.pid) ?? '', works };
  const file = join(usersOf(home), `${process.pid}.json`);
  writeFileSync(`${file}.new`, JSON.stringify(user), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Takes this process out. */
export function removeUser(home: string): void {
  rmSync(join(usersOf(home), `${process.pid}.json`), { force: true });
}

/** The other commands that use the home and live; what dead ones left behind is cleared away. */
export function otherUsers(home: string): readonly HomeUser[] {
  return userFiles(home).flatMap((file) => {
    const user = readUser(file);
    if (user?.pid === process.pid) return [];
    if (user !== undefined && processStart(user.pid) === user.processStart) return [user];
    rmSync(file, { force: true });
    return [];
  });
}

function readUser(file: string): HomeUser | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function userFiles(home: string): readonly string[] {
  try {
    const names = readdirSync(usersOf(home)).filter((name) => name.endsWith('.json'));
    return names.map((name) => join(usersOf(home), name));
  } catch {
    return []; // nobody entered this home yet
  }
}

function usersOf(home: string): string {
  return join(home, 'users');
}
