/** Runs programs that fetch something into a folder, and gives up on those that stall. */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A download that grows by nothing for so long is ended: a closed network often drops packets instead of refusing. */
const STALLED_AFTER_MS = 20_000;

/**
 * Resolves once the program has ended well.
 *
 * @param folder Where it puts what it fetches, temporary files included (it is its TMPDIR).
 * @param what What is fetched from where, for the message.
 * @throws {Error} of one line when it cannot be started, fails, or fetches nothing for 20 s.
 */
export function runWatched([program, ...args], folder, what) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TMPDIR: folder },
    });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-4000)));

    let progress = { bytes: 0, at: Date.now() };
    let stalled = false;
    const watch = setInterval(() => {
      const bytes = bytesIn(folder);
      if (bytes !== progress.bytes) progress = { bytes, at: Date.now() };
      if (Date.now() - progress.at < STALLED_AFTER_MS) return;
      stalled = true;
      child.kill('SIGKILL');
    }, 1000);

    const settle = (failure) => {
      clearInterval(watch);
      if (failure === undefined) resolve();
      else reject(new Error(`${what}: ${failure}`));
    };
    child.on('error', (error) => settle(error.message));
    child.on('close', (code) => {
      if (code === 0) settle();
      else settle(stalled ? `nothing arrived for ${STALLED_AFTER_MS / 1000} s` : lastCause(errors, code));
    });
  });
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true }).reduce((sum, name) => {
    return sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

/** The innermost cause in what a program printed: the SDK and pip wrap it in several layers, with stack traces below. */
function lastCause(errors, code) {
  const line = errors.match(/^.*error( \[\w+\])?: .*$/im)?.[0] ?? errors.trim().split('\n').at(-1);
  return line.split('): ').at(-1).replace(/\]$/, '') || `exit code ${code}`;
}
