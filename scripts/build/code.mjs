/** Compiles the TypeScript of the product, file by file, and copies what is not TypeScript. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { transform } from '@swc/core';
import swcOptions from '../swc-options.cjs';

const SHEBANG = '#!/usr/bin/env node\n';

/** Code that is no TypeScript, because set-up runs it before anything is installed. */
const PLAIN_CODE = ['scripts/temporal-binary.cjs'];

/**
 * Writes `dist/` below the root, same paths.
 *
 * @returns The files written, relative to `dist/`.
 */
export async function emitCode(root, dist, sources) {
  const outputs = [];
  for (const source of [...sources, ...PLAIN_CODE]) {
    if (source.endsWith('.d.ts')) continue;
    const target = join(dist, source);
    mkdirSync(dirname(target), { recursive: true });
    if (source.endsWith('.ts')) outputs.push(...(await compile(root, dist, source)));
    else {
      copyFileSync(join(root, source), target);
      outputs.push(source);
    }
  }
  chmodSync(join(dist, 'cli/main.js'), 0o755);
  return outputs;
}

async function compile(root, dist, source) {
  const output = source.replace(/\.ts$/, '.js');
  const target = join(dist, output);
  const original = join(root, source);
  const { code, map } = await transform(readFileSync(original, 'utf8'), {
    ...swcOptions,
    filename: original,
    sourceFileName: relative(dirname(target), original),
  });
  const shebang = output === 'cli/main.js' && !code.startsWith('#!') ? SHEBANG : '';
  writeFileSync(target, `${shebang}${code}//# sourceMappingURL=${basename(target)}.map\n`);
  // A line before the code is a line before its mappings.
  writeFileSync(`${target}.map`, shebang ? map.replace('"mappings":"', '"mappings":";') : map);
  return [output, `${output}.map`];
}
