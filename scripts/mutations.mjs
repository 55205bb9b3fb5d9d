/**
 * Takes each safeguard of the sync away, one at a time, in a copy of the project, and runs the tests that should notice.
 * A change that no test notices is a safeguard that nobody guards.
 *
 * Usage: npm run mutations [-- NAME…]. Exit code 1 when one survives, or when the text that it changes has moved.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { temporalCliPath } = createRequire(import.meta.url)('./temporal-binary.cjs');

const RECORD_EARLY = `if (uploaded.length > 0) {
    const done = uploaded.map(({ item, id }) => ({ ...item, itemKey: item.row.itemKey, contentId: id }));
    await store.ledger.recordFinalized(writer, done, now());
  }
  const finalized = await upsert(
    'finalize',`;

/** Text for text: what no longer stands there once must be looked at again by whoever moved it. */
const MUTATIONS = [
  {
    name: 'guard',
    says: 'removals are not held back, however many',
    file: 'activities/judge-space.ts',
    from: 'if (reason === undefined) return undefined;',
    to: "if (reason !== '') return undefined;",
    tests: ['test/activities/guard.test.ts'],
  },
  {
    name: 'guard-lasting',
    says: 'pages that an earlier sync of the day brought excuse the removal of others',
    file: 'store/removal-guard.ts',
    from: 'for (const count of [countAll, countLasting])',
    to: 'for (const count of [countAll])',
    tests: ['test/activities/guard.test.ts'],
  },
  {
    name: 'tenant-guard',
    says: 'many small spaces may be emptied at once',
    file: 'activities/guard-tenant.ts',
    from: 'blockedFor(tenantGuard(counts.tenant, counts.emptiedSpaces), set)',
    to: 'blockedFor([undefined][counts.tenant.done - counts.tenant.done], set)',
    tests: ['test/end-to-end/deletion.test.ts', '-t', 'many small spaces'],
  },
  {
    name: 'evidence',
    says: 'what is found and wanted is removed all the same',
    file: 'rules/evidence.ts',
    from: 'return finding.version === candidate.emptyVersion',
    to: 'return finding.version !== -1',
    tests: ['rules/evidence.test.ts', 'test/end-to-end/deletion.test.ts', '-t', 'W-12'],
  },
  {
    name: 'announcement',
    says: 'nothing is announced before it is registered',
    file: 'store/ledger.ts',
    from: 'const chunk = all.filter(({ itemKey }) => !toWait.has(itemKey));',
    to: 'const chunk = all.filter(() => false);',
    tests: ['test/model/counterexamples.test.ts', 'test/activities/unfinished.test.ts'],
  },
  {
    name: 'order',
    says: 'recorded as finalized before it is',
    file: 'activities/ingest-batch.ts',
    from: "const finalized = await upsert(\n    'finalize',",
    to: RECORD_EARLY,
    tests: ['test/model/counterexamples.test.ts', 'test/activities/unfinished.test.ts'],
  },
  {
    name: 'fence',
    says: 'an attempt that was given up may go on writing',
    file: 'store/writer-check.ts',
    from: 'if (row?.attempt === attempt) return;',
    to: 'if (row !== undefined || attempt !== undefined) return;',
    tests: ['test/model/counterexamples.test.ts', 'test/activities/late-write.test.ts'],
  },
  {
    name: 'lease',
    says: 'a run may go on writing when another one took the space',
    file: 'store/writer-check.ts',
    from: 'if (row?.owner === run) return;',
    to: 'if (row?.owner !== run || run !== undefined) return;',
    tests: ['store/sqlite.test.ts', '-t', 'a writer'],
  },
  {
    name: 'doubt',
    says: 'what is in doubt is never done once more',
    file: 'store/compare.ts',
    from: ' and (l.doubt_since is null or l.doubt_since >= ${Math.floor(doubtBefore)})',
    to: ' and ${Math.floor(doubtBefore)} = ${Math.floor(doubtBefore)}',
    tests: ['test/model/counterexamples.test.ts', 'test/activities/unfinished.test.ts'],
  },
];

const asked = process.argv.slice(2);
const chosen = MUTATIONS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const copy = copyOfProject();
let survived = 0;
try {
  for (const mutation of chosen) {
    const failed = testsThatNotice(mutation);
    if (failed.length === 0) survived++;
    console.log(`${failed.length > 0 ? 'noticed ' : 'SURVIVED'} ${mutation.name}: ${mutation.says}`);
    for (const test of failed.slice(0, 5)) console.log(`    ${test}`);
    if (failed.length > 5) console.log(`    and ${failed.length - 5} more`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length} safeguards taken away, ${survived} unnoticed`);
process.exitCode = survived === 0 && chosen.length > 0 ? 0 : 1;

function copyOfProject() {
  const folder = mkdtempSync(join(tmpdir(), 'syncspace-mutations-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of files.toString().trim().split('\n')) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Names of the tests that fail with the mutation; they pass without it, which the same command shows first. */
function testsThatNotice({ name, file, from, to, tests }) {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${name}: "${from}" does not stand exactly once in ${file}.`);
  const before = runTests(tests);
  if (before.failed.length > 0) throw new Error(`${name}: its tests fail without it: ${before.failed.join(', ')}`);
  if (before.passed === 0) throw new Error(`${name}: no test ran (${tests.join(' ')}).`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    return runTests(tests).failed;
  } finally {
    writeFileSync(path, text);
  }
}

function runTests(tests) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const jest = join(copy, 'node_modules/jest/bin/jest.js');
  const env = { ...process.env, TEMPORAL_CLI_PATH: temporalCliPath(), LOG_LEVEL: 'silent' };
  spawnSync(process.execPath, [jest, '--json', `--outputFile=${report}`, ...tests], {
    cwd: copy,
    env,
    stdio: 'ignore',
  });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status) => all.filter((one) => one.status === status).map(({ fullName }) => fullName);
  const broken = testResults.filter(
    ({ assertionResults, status }) => status === 'failed' && assertionResults.length === 0,
  );
  if (broken.length > 0) throw new Error(`A test file could not be loaded: ${broken[0].message}`);
  return { failed: named('failed'), passed: named('passed').length };
}
