import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

type Packages = Readonly<Record<string, { readonly version: string; readonly optional?: boolean }>>;

const LOCKED: Packages = {
  '': { version: '1.0.0' },
  'node_modules/axios': { version: '1.2.3' },
  'node_modules/only-for-macs': { version: '1.0.0', optional: true },
};

describe('installing the packages', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'syncspace-packages-'));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  const locked = (packages: Packages): void => write('package-lock.json', JSON.stringify({ packages }));
  const installed = (packages: Packages): void =>
    write('node_modules/.package-lock.json', JSON.stringify({ packages }));

  /** Calls `installPackages` with an npm that only writes down its arguments. */
  function install(npmExitCode = 0): string {
    write('bin/npm', `#!/bin/sh\necho "$@" > "${join(root, 'npm-calls')}"\nexit ${npmExitCode}\n`);
    chmodSync(join(root, 'bin/npm'), 0o755);
    const module = join(__dirname, 'install-packages.mjs');
    const code = `import { installPackages } from ${JSON.stringify(module)}; console.log(installPackages(process.argv[1]));`;
    return execFileSync(process.execPath, ['--input-type=module', '-e', code, root], {
      encoding: 'utf8',
      env: { ...process.env, PATH: [join(root, 'bin'), process.env['PATH']].join(delimiter) },
      stdio: 'pipe',
    }).trim();
  }

  const npmCall = (): string | undefined =>
    existsSync(join(root, 'npm-calls')) ? readFileSync(join(root, 'npm-calls'), 'utf8').trim() : undefined;

  test('does nothing when they are those of the lock file, less what other platforms need', () => {
    locked(LOCKED);
    installed({ 'node_modules/axios': { version: '1.2.3' } });
    expect(install()).toBe('unchanged');
    expect(npmCall()).toBeUndefined();
  });

  test('does nothing in an installed package, which has no lock file', () => {
    expect(install()).toBe('unchanged');
    expect(npmCall()).toBeUndefined();
  });

  test.each<[string, Packages | undefined]>([
    ['nothing is installed', undefined],
    ['a version is another one', { 'node_modules/axios': { version: '1.2.4' } }],
    ['a package is missing', { 'node_modules/only-for-macs': { version: '1.0.0' } }],
    ['a package is there that the lock file has not', { ...LOCKED, 'node_modules/left-over': { version: '1.0.0' } }],
  ])('runs npm ci, with the packages for development, when %s', (_case, packages) => {
    locked(LOCKED);
    if (packages) installed(packages);
    expect(install()).toBe('installed');
    expect(npmCall()).toBe('ci --include=dev');
  });

  test('fails with npm', () => {
    locked(LOCKED);
    expect(() => install(7)).toThrow('`npm ci` failed with exit code 7');
  });
});
