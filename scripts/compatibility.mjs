/**
 * Prints each behaviour and trap of docs/compatibility.yaml with the tests that carry its number, and fails for a number
 * that is not planned and has no passing test, for a planned one that has a test, and for a test whose number nobody knows.
 *
 * Believes the last whole `npm test` if no source changed since; else runs the tests that carry numbers.
 *
 * Usage: node scripts/compatibility.mjs [--check | --brief | --write]
 *   --check  runs nothing: numbers in test names and the table agree, docs/compatibility.md is up to date
 *   --brief  judges the whole `npm test` that has just run, and prints what is wrong instead of the table
 *   --write  makes docs/compatibility.md
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCurrent, numbersInReport, numbersInSources } from './compatibility/numbered-tests.mjs';
import { NUMBER, readTable, renderPage } from './compatibility/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/compatibility.md');
const wholeRun = join(root, '.cache/jest.json');
const [option] = process.argv.slice(2);

const groups = readTable(join(root, 'docs/compatibility.yaml'));
const entries = groups.flatMap((group) => group.entries);
const inSources = numbersInSources(root);

if (option === '--write') writeFileSync(page, renderPage(groups));
else {
  const problems = [...disagreements(), ...(option === '--check' ? [] : unproven())];
  for (const problem of problems) console.error(problem);
  if (option === '--check') console.log(untested());
  process.exitCode = problems.length > 0 ? 1 : 0;
}

/** What shows without running anything. */
function disagreements() {
  const relations = new Map(entries.map(({ number, we }) => [number, we]));
  const named = [...inSources].flatMap(([number, files]) => {
    const where = files.join(', ');
    if (!relations.has(number)) return [`${number} is not in docs/compatibility.yaml: ${where}`];
    if (relations.get(number) === 'planned') return [`${number} has a test, so it is not planned any more: ${where}`];
    return [];
  });
  const isUpToDate = readFileSync(page, 'utf8') === renderPage(groups);
  const stale = 'docs/compatibility.md is not up to date: npm run compatibility -- --write';
  return [...named, ...(isUpToDate ? [] : [stale])];
}

/** For whoever looks for the next test to write. */
function untested() {
  const numbers = entries.filter(({ number, we }) => we !== 'planned' && !inSources.has(number));
  return `${numbers.length} numbers without a test: ${numbers.map(({ number }) => number).join(' ')}`;
}

/** What shows in the tests that ran: the numbers that they do not prove. */
function unproven() {
  if (option === '--brief' && !existsSync(wholeRun)) return [`${wholeRun} is missing: \`npm test\` makes it.`];
  const tests = option === '--brief' ? readReport(wholeRun) : testsThatRan();
  if (option !== '--brief') printTable(tests);
  const asserted = entries.filter(({ we }) => we !== 'planned');
  const problems = asserted.flatMap(({ number }) => problemOf(number, tests.get(number) ?? []));
  const proven = `${asserted.length - problems.length} of ${asserted.length} numbers have passing tests`;
  console.log(`${proven}, ${entries.length - asserted.length} are planned`);
  return problems;
}

/** A test that was skipped, for lack of recorded data for instance, proves nothing and refutes nothing. */
function problemOf(number, tests) {
  if (tests.length === 0) return [`${number} has no test that ran`];
  const ran = tests.filter(({ status }) => status !== 'pending');
  const isProven = ran.length > 0 && ran.every(({ status }) => status === 'passed');
  return isProven ? [] : [`${number} has a test that did not pass`];
}

/** Tests by number, of the last whole run or of one made now. */
function testsThatRan() {
  if (isCurrent(root, wholeRun)) return readReport(wholeRun);
  console.error('The last npm test is older than the sources, so the tests that carry numbers are run now.');
  const report = join(root, '.cache/compatibility.json');
  const files = new Set([...inSources.values()].flat());
  run('scripts/build.mjs');
  // Contracts are no tests themselves; those that run them are found by their imports.
  const names = ['-t', NUMBER.source, '--findRelatedTests', ...files];
  run('node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`, ...names);
  return readReport(report);
}

function readReport(file) {
  return numbersInReport(root, JSON.parse(readFileSync(file, 'utf8')));
}

function run(script, ...args) {
  // What they print goes to stderr; the table alone is the output.
  spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] });
}

function printTable(tests) {
  for (const { title, entries: ofGroup } of groups) {
    console.log(`\n${title}`);
    for (const { number, we, topic } of ofGroup) {
      console.log(`  ${number}  ${we}${topic === undefined ? '' : ` (${topic})`}`);
      for (const { file, name, status } of tests.get(number) ?? []) console.log(`    ${status}  ${file}: ${name}`);
    }
  }
  console.log();
}
