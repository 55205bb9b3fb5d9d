/**
 * Everything that must hold before a change is good: set-up, build, types, lint, the deployment's files, tests, and what
 * the tests prove. No step stops the next one. With arguments, which go to jest, only set-up, build and the tests asked
 * for are run.
 *
 * Leaves its closing line (`N passed, N failed, N skipped`) in `.cache/test-summary.txt`; it counts jest's tests and one
 * for each other step.
 *
 * Usage: node scripts/test.mjs [JEST ARGUMENT]…
 * Exit code 1 when anything failed, or when no test ran.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');
const jestArguments = process.argv.slice(2);
const isWhole = jestArguments.length === 0;
// The report of a whole run is believed by `npm run compatibility`; part of one must not take its place.
const jestReport = join(cache, isWhole ? 'jest.json' : 'jest-part.json');

const bin = (path) => join(root, 'node_modules', path);
const preparation = [
  { title: 'Set-up', command: [join(root, 'scripts/setup.mjs')] },
  { title: 'Build', command: [join(root, 'scripts/build.mjs')] },
];
const checks = [
  { title: 'Types', command: [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  { title: 'Lint', command: [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  { title: 'Format', command: [bin('prettier/bin/prettier.cjs'), '--check', '.'] },
  { title: 'Docker files', command: [join(root, 'scripts/lint-deploy.mjs')] },
];
const tests = {
  title: 'Tests',
  command: [bin('jest/bin/jest.js'), '--json', `--outputFile=${jestReport}`, ...jestArguments],
};

/** Reads what jest reported. */
const proof = { title: 'Compatibility', command: [join(root, 'scripts/compatibility.mjs'), '--brief'] };

/** Runs one step with its output passed through; true when it ended well. */
function run({ title, command }) {
  const startedAt = Date.now();
  console.log(`\n━━ ${title}`);
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const passed = status === 0;
  console.log(`━━ ${title}: ${passed ? 'passed' : 'FAILED'} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return { title, passed };
}

/** What jest counted; a test file that could not be loaded counts as one failed test. */
function countTests() {
  try {
    const report = JSON.parse(readFileSync(jestReport, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }; // jest died before it could report; its exit code tells
  }
}

mkdirSync(cache, { recursive: true });
rmSync(jestReport, { force: true });

const steps = [...preparation, ...(isWhole ? checks : [])].map(run);
const jest = run(tests);
if (isWhole) steps.push(run(proof));
const counted = countTests();

const passed = counted.passed + steps.filter((step) => step.passed).length;
const failedSteps = steps.filter((step) => !step.passed).map(({ title }) => title);
const ranNoTest = counted.passed + counted.failed === 0;
const jestFailedSilently = !jest.passed && counted.failed === 0;
const failed = counted.failed + failedSteps.length + (ranNoTest || jestFailedSilently ? 1 : 0);

if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
if (ranNoTest) console.log('\nNo test ran.');
const skipped = counted.skipped > 0 ? `, ${counted.skipped} skipped` : '';
const summary = `${passed} passed, ${failed} failed${skipped}`;
writeFileSync(join(cache, 'test-summary.txt'), `${summary}\n`);
console.log(`\n${summary}`);
process.exitCode = failed > 0 ? 1 : 0;
