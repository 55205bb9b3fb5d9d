/** Emits the declarations that callers of the package see: those of `client/` and of what it takes types from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/**
 * @returns The files written, relative to `dist/`.
 * @throws {Error} with the compiler's messages when these files have type errors.
 */
export function emitClientTypes(root, dist) {
  const { options } = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    // No jest: a type of a test must not leak into the package.
    {
      declaration: true,
      emitDeclarationOnly: true,
      noEmitOnError: true,
      sourceMap: false,
      outDir: dist,
      types: ['node'],
    },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const program = ts.createProgram([join(root, 'client/index.ts')], options);
  const outputs = [];
  const { diagnostics } = program.emit(undefined, (file, text) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    outputs.push(relative(dist, file));
  });
  if (diagnostics.length > 0) fail(...diagnostics);
  return outputs;
}

function fail(...diagnostics) {
  const format = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => '\n',
  };
  throw new Error(`The types of the client could not be built:\n${ts.formatDiagnostics(diagnostics, format)}`);
}
