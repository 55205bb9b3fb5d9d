/**
 * Lints another folder by the project's own configuration, as if that folder were the project; tests of the
 * configuration use it on small trees. A process of its own, because jest cannot load ESLint's configuration (an ES
 * module).
 *
 * Usage: node scripts/lint/lint-folder.mjs FOLDER
 * Prints `[{ "file", "rule", "message" }]` as JSON; `file` is relative to the folder, `rule` null if it does not parse.
 */
import { relative } from 'node:path';
import { ESLint } from 'eslint';
import configuration from '../../eslint.config.mjs';

const [folder] = process.argv.slice(2);
const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  baseConfig: [
    ...configuration,
    { files: ['**/*.ts'], languageOptions: { parserOptions: { tsconfigRootDir: folder } } },
  ],
});
const problems = (await eslint.lintFiles('.')).flatMap(({ filePath, messages }) =>
  messages.map(({ ruleId, message }) => ({ file: relative(folder, filePath), rule: ruleId, message })),
);
console.log(JSON.stringify(problems));
