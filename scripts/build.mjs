/**
 * Compiles the product into `dist/`, which mirrors the root: JavaScript with source maps, the types that callers of the
 * client need, and the workflows as one bundle built ahead.
 *
 * Types are not checked here (`npm run typecheck` does), except where they are emitted.
 * When nothing changed since the last build it only says so. Files that no longer have a source are removed.
 *
 * Usage: node scripts/build.mjs
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findSources, productFolders, removeStale } from './build/sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const sources = findSources(root, productFolders(root));
const parts = [
  {
    name: 'code',
    inputs: sources,
    build: async () => (await import('./build/code.mjs')).emitCode(root, dist, sources),
  },
  {
    name: 'types',
    inputs: sources,
    build: async () => (await import('./build/types.mjs')).emitClientTypes(root, dist),
  },
  {
    name: 'workflow bundle',
    // The arrows that lint keeps: workflows import values from nowhere else.
    inputs: sources.filter((source) => /^(workflows|rules)\//.test(source)),
    build: async () => (await import('./build/workflow-bundle.mjs')).emitWorkflowBundle(root, dist),
  },
];

const stampFile = join(dist, '.build.json');
const stamps = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
const tools = ['package-lock.json', 'tsconfig.json', ...findSources(root, ['scripts'])];
const toolsHash = hashOf(tools);

for (const { name, inputs, build } of parts) {
  const hash = hashOf(inputs) + toolsHash;
  if (stamps[name]?.hash === hash && stamps[name].outputs.every((file) => existsSync(join(dist, file)))) continue;
  const startedAt = Date.now();
  try {
    stamps[name] = { hash, outputs: await build() };
    console.log(`Built the ${name} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  } catch (error) {
    // The other parts are built all the same: a type error in the client must not hide what else is wrong.
    delete stamps[name];
    console.error(error.message);
    process.exitCode = 1;
  }
}
mkdirSync(dist, { recursive: true });
writeFileSync(stampFile, JSON.stringify(stamps));
if (process.exitCode) {
  console.error('dist/ is not complete');
} else {
  removeStale(dist, ['.build.json', ...parts.flatMap(({ name }) => stamps[name].outputs)]);
  console.log('dist/ is up to date');
}

/** Content, not times: a fresh checkout and a switched branch touch every file. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}
