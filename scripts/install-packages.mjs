/** Installs the packages of `package-lock.json` when those in `node_modules/` are others. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs `npm ci`, unless `node_modules/` already holds what the lock file says, or there is no lock file (as in the
 * package that npm installed).
 *
 * No stamp of our own: npm leaves the list of what it installed in `node_modules/.package-lock.json`, as the last step
 * of `npm ci` and of `npm install`. An interrupted installation has none and is repeated.
 *
 * @returns `'installed'` or `'unchanged'`.
 * @throws {Error} when npm fails.
 * @see https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json#hidden-lockfiles (read 2026-11-24)
 */
export function installPackages(root) {
  const lockFile = join(root, 'package-lock.json');
  if (!existsSync(lockFile)) return 'unchanged';
  if (holds(packagesOf(join(root, 'node_modules', '.package-lock.json')), packagesOf(lockFile))) return 'unchanged';

  // `--include=dev`: NODE_ENV=production would otherwise leave out what builds and tests.
  const { status, error } = spawnSync('npm', ['ci', '--include=dev'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error) throw new Error(`npm could not be started (${error.message}). It comes with Node: install Node again.`);
  if (status !== 0) throw new Error(`\`npm ci\` failed with exit code ${status}; its own message stands above.`);
  return 'installed';
}

function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return {};
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  delete packages['']; // the project itself, which only the outer lock file lists
  return packages;
}

/** Optional packages may be missing: most are builds for other platforms. */
function holds(installed, locked) {
  const isSame = (name) =>
    installed[name]?.version === locked[name].version && installed[name]?.integrity === locked[name].integrity;
  const isLeftOut = (name) => locked[name].optional === true && !(name in installed);
  return (
    Object.keys(installed).length > 0 &&
    Object.keys(locked).every((name) => isSame(name) || isLeftOut(name)) &&
    Object.keys(installed).every((name) => name in locked)
  );
}
