import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A text that a process shares with no other that ever has the same pid: when it was started. `undefined` when no
 * process has this pid, or only one that has ended and was not collected by its parent yet.
 *
 * A pid alone proves nothing, since it is given away again after a reboot or a while. On Windows, which tells no start
 * time without a slow query, only the pid counts.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') return startOnLinux(pid);
  if (!isAlive(pid)) return undefined;
  return process.platform === 'win32' ? 'unknown' : startByPs(pid);
}

function startOnLinux(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold spaces and parentheses itself, so fields are counted from behind it.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  const ticksSinceBoot = fields[18] ?? '';
  return `${readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${ticksSinceBoot}`;
}

function startByPs(pid: number): string | undefined {
  try {
    const [state = '', ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined; // ps ends with 1 when there is no such process
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // somebody else's, but alive
  }
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
