'use strict';
/**
 * How TypeScript becomes CommonJS, for the build and for jest alike, so that tests run the code that ships.
 *
 * Not a `.swcrc`: the workflow bundler of the SDK would read it too, and must not be told to emit CommonJS.
 */
module.exports = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  // `import()` stays what it is: Node can load ES modules by it, `require` cannot in Node 20.
  // The annotation names the exports for `import { … } from 'syncspace'` out of an ES module.
  module: { type: 'commonjs', ignoreDynamic: true, exportInteropAnnotation: true },
  sourceMaps: true,
  swcrc: false,
};
