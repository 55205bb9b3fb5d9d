import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..');

/** Apart, so that the table of the project does not take these for its own numbers. */
const [B, W] = ['B', 'W'];

const TABLE = `
- title: Keys
  numbers:
    ${B}-901: { we: match, shipped: 'Keys have slashes.' }
    ${B}-902: { we: planned, shipped: 'Keys sing.', topic: music }
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'syncspace-compatibility-'));
  cpSync(join(PROJECT, 'scripts'), join(root, 'scripts'), {
    recursive: true,
    filter: (path) => !/\.test\.ts$/.test(path),
  });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  for (const folder of ['docs', '.cache']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'docs/compatibility.yaml'), TABLE);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function compatibility(...args: string[]): { readonly status: number | null; readonly output: string } {
  const script = join(root, 'scripts/compatibility.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** A whole `npm test` whose only test carries this name. */
function ran(name: string, status = 'passed'): void {
  writeFileSync(join(root, 'key.test.ts'), `test('${name}', () => {});\n`);
  expect(compatibility('--write').status).toBe(0);
  const assertionResults = [{ fullName: name, status }];
  writeFileSync(
    join(root, '.cache/jest.json'),
    JSON.stringify({ testResults: [{ name: join(root, 'key.test.ts'), assertionResults }] }),
  );
}

test('a number is proven by a passing test that carries it', () => {
  ran(`${B}-901 a key has a slash`);
  const { status, output } = compatibility();
  expect(output).toContain(`passed  key.test.ts: ${B}-901 a key has a slash`);
  expect(output).toContain('1 of 1 numbers have passing tests, 1 are planned');
  expect(status).toBe(0);
  expect(readFileSync(join(root, 'docs/compatibility.md'), 'utf8')).toContain('**Planned** with music.');
});

test('a skipped test beside one that passed takes no number its proof', () => {
  ran(`${B}-901 a key has a slash`);
  const results = ['pending', 'passed'].map((status) => ({ fullName: `${B}-901 a key has a slash`, status }));
  writeFileSync(
    join(root, '.cache/jest.json'),
    JSON.stringify({ testResults: [{ name: join(root, 'key.test.ts'), assertionResults: results }] }),
  );
  expect(compatibility('--brief').status).toBe(0);
});

test.each([
  ['no test carries a number', 'a key has a slash', 'passed', /901 has no test that ran/],
  ['the test of a number failed', `${B}-901 a key has a slash`, 'failed', /901 has a test that did not pass/],
  ['the test of a number was skipped', `${B}-901 a key has a slash`, 'pending', /901 has a test that did not pass/],
  [
    'nobody knows a number',
    `${B}-901 ${W}-99 a key`,
    'passed',
    /99 is not in docs\/compatibility\.yaml: key\.test\.ts/,
  ],
  ['a planned number has a test', `${B}-901 ${B}-902 a key`, 'passed', /902 has a test, so it is not planned/],
])('it fails when %s', (_, name, status, problem) => {
  ran(name, status);
  const { status: code, output } = compatibility();
  expect(output).toMatch(problem);
  expect(code).toBe(1);
});

test('without running anything it tells a stale page and numbers that nobody knows', () => {
  ran(`${B}-901 ${B}-903 a key`);
  writeFileSync(join(root, 'docs/compatibility.md'), 'old');
  const { status, output } = compatibility('--check');
  expect(output).toMatch(/903 is not in docs\/compatibility\.yaml/);
  expect(output).toMatch(/docs\/compatibility\.md is not up to date/);
  expect(status).toBe(1);
});

test('after a whole run one line says that all is proven', () => {
  ran(`${B}-901 a key has a slash`);
  expect(compatibility('--brief')).toEqual({ status: 0, output: '1 of 1 numbers have passing tests, 1 are planned\n' });
});

test('after a whole run only the numbers that it did not prove are named', () => {
  ran(`${B}-901 a key has a slash`, 'failed');
  const { status, output } = compatibility('--brief');
  expect(output).toContain(`${B}-901 has a test that did not pass\n`);
  expect(output.trim().split('\n')).toHaveLength(2);
  expect(status).toBe(1);
});

test('a whole run that left no report proves nothing', () => {
  ran(`${B}-901 a key has a slash`);
  rmSync(join(root, '.cache/jest.json'));
  const { status, output } = compatibility('--brief');
  expect(output).toMatch(/jest\.json is missing/);
  expect(status).toBe(1);
});

test('a table with a field that nothing reads is refused', () => {
  writeFileSync(join(root, 'docs/compatibility.yaml'), TABLE.replace('topic: music', 'topic: music, tpoic: typo'));
  const { status, output } = compatibility('--check');
  expect(output).toMatch(/902 has a field that nothing reads: tpoic/);
  expect(status).toBe(1);
});
