/** Finds the tests that carry numbers in their names: in the sources, and in jest's report of a run. */
import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { globSync } from 'tinyglobby';
import typescript from 'typescript';
import { NUMBER } from './table.mjs';

const IGNORED = ['node_modules/**', 'dist/**', '.cache/**', '.syncspace/**'];

/**
 * Numbers in texts of test files. A name may come out of a table, so every text counts, comments do not.
 *
 * @returns for each number the files that name it
 */
export function numbersInSources(root) {
  const files = new Map();
  for (const file of globSync(['**/*.test.ts', '**/*.contract.ts'], { cwd: root, ignore: IGNORED }).sort()) {
    const text = readFileSync(join(root, file), 'utf8');
    // `search` knows no last index, as `test` would with this expression.
    if (text.search(NUMBER) < 0) continue;
    for (const number of numbersInTexts(file, text)) files.set(number, [...(files.get(number) ?? []), file]);
  }
  return files;
}

function numbersInTexts(file, source) {
  const numbers = new Set();
  const visit = (node) => {
    const isText = typescript.isStringLiteralLike(node) || typescript.isTemplateHead(node);
    if (isText) for (const number of node.text.match(NUMBER) ?? []) numbers.add(number);
    node.forEachChild(visit);
  };
  visit(typescript.createSourceFile(file, source, typescript.ScriptTarget.Latest));
  return numbers;
}

/** @returns for each number its tests `{ file, name, status }`, as jest reported them */
export function numbersInReport(root, report) {
  const tests = new Map();
  for (const { name: path, assertionResults } of report.testResults) {
    for (const { fullName, status } of assertionResults) {
      for (const number of new Set(fullName.match(NUMBER))) {
        const test = { file: relative(root, path), name: fullName, status };
        tests.set(number, [...(tests.get(number) ?? []), test]);
      }
    }
  }
  return tests;
}

/** Whether a report is of the sources as they are now. */
export function isCurrent(root, reportFile) {
  const at = statSync(reportFile, { throwIfNoEntry: false })?.mtimeMs;
  if (at === undefined) return false;
  const sources = globSync(['**/*.{ts,mjs,cjs,json}'], { cwd: root, ignore: IGNORED });
  return sources.every((file) => statSync(join(root, file)).mtimeMs <= at);
}
