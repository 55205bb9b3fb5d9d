import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Version of this package; found from the sources and from `dist/`. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(__dirname), 'package.json'), 'utf8')) as {
    readonly version: string; // npm refuses a package without one
  };
  return version;
}

function packageRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : packageRoot(dirname(from));
}
