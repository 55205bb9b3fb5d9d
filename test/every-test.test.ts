import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { globSync } from 'tinyglobby';
import typescript from 'typescript';

const PROJECT = join(__dirname, '..');

const files = globSync(['**/*.{test,spec}.{ts,tsx,js,mjs,cjs}'], {
  cwd: PROJECT,
  ignore: ['node_modules/**', 'dist/**', '.cache/**'],
}).sort();

test('W-50 every test is type-checked, and jest runs it', () => {
  const { fileNames } = typescript.parseJsonConfigFileContent(
    typescript.readConfigFile(join(PROJECT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8')).config,
    typescript.sys,
    PROJECT,
  );
  const checked = new Set(fileNames.map((file) => relative(PROJECT, file)));
  expect(files.filter((file) => !checked.has(file))).toEqual([]);
  const jest = join(PROJECT, 'node_modules/jest/bin/jest.js');
  const listed = execFileSync(process.execPath, [jest, '--listTests', '--json'], { cwd: PROJECT, encoding: 'utf8' });
  const run = (JSON.parse(listed) as string[]).map((file) => relative(PROJECT, file)).sort();
  expect(run).toEqual(files);
});

test('W-51 no test puts a mock in the place of a neighbour', () => {
  const mocks = /\bjest\.(?:mock|doMock|unstable_mockModule|spyOn)\(/;
  expect(files.filter((file) => mocks.test(readFileSync(join(PROJECT, file), 'utf8')))).toEqual([]);
});
