'use strict';
/**
 * Lets Node load the project's TypeScript as it is: `node --require ./scripts/typescript.cjs some/file.ts`. For
 * programs that develop the project and are not part of `dist/`.
 */
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');
const swcOptions = require('./swc-options.cjs');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swcOptions, sourceMaps: 'inline', filename });
  module._compile(code, filename);
};
