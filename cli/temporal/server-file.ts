import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  address: z.string(),
  uiAddress: z.string(),
  pid: z.number().int().positive(),
  /** Absent while the server has not answered yet. */
  clusterId: z.string().optional(),
  /** Tells the process from a later one with the same pid. */
  processStart: z.string().optional(),
});

/** What `server.json` in the home says about its embedded server. */
export type ServerFile = Readonly<z.output<typeof schema>>;

/** The embedded server of this home as it was written down, living or not; a file that cannot be read counts as none. */
export function readServerFile(home: string): ServerFile | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(pathOf(home), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Written in one step, so that a reader sees the whole file or none; in one tick, so that no started server is forgotten. */
export function writeServerFile(home: string, server: ServerFile): void {
  const draft = `${pathOf(home)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(server, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, pathOf(home));
}

export function removeServerFile(home: string): void {
  rmSync(pathOf(home), { force: true });
}

function pathOf(home: string): string {
  return join(home, 'server.json');
}
