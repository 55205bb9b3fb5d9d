/**
 * Makes a clean checkout ready: checks Node, installs the packages, and sees that the Temporal CLI and the time-skipping
 * test server are here. Needs nothing but Node and npm; a second run only looks.
 *
 * Usage: node scripts/setup.mjs [--without-test-server]
 * Exit code 1 when something is missing that it could not get.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fetchTemporalBinary } from './fetch-temporal-binary.mjs';
import { installPackages } from './install-packages.mjs';
import { binaryPath, howToGet, temporalCli, temporalTestServer } from './temporal-binary.cjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function requireNode() {
  const wanted = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).engines.node;
  const [major, minor] = wanted.match(/\d+/g).map(Number);
  const [actualMajor, actualMinor] = process.versions.node.split('.').map(Number);
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return;
  throw new Error(
    `SyncSpace needs Node ${major}.${minor} or newer; this is Node ${process.versions.node}. Install a newer one.`,
  );
}

async function provide(binary) {
  const here = binaryPath(binary);
  if (here) return `${binary.title}: ${here}`;
  console.log(`Fetching the ${binary.title} ${binary.version} …`);
  const fetched = await fetchTemporalBinary(binary, (failure) => console.log(`  ${failure}`));
  if (!fetched) throw new Error(howToGet(binary));
  return `${binary.title}: ${fetched}`;
}

try {
  requireNode();
  console.log(`Node ${process.versions.node}, packages ${installPackages(root)}`);
  const wanted = process.argv.includes('--without-test-server') ? [temporalCli] : [temporalCli, temporalTestServer];
  const outcomes = await Promise.allSettled(wanted.map(provide));
  for (const { value, reason } of outcomes) {
    if (value) console.log(value);
    else console.error(reason.message);
  }
  if (outcomes.some(({ status }) => status === 'rejected')) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
