import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const demo = resolve(__dirname, '../../dist/cli/demo/main.js');

test('the demo syncs two sites, then only what was edited, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'syncspace-demo-'));
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo, '--once'], {
      cwd: folder,
      timeout: 100_000,
    });
    expect(stderr).toMatch(/UI http:[^]*\/namespaces\/default\/workflows\/sync%2Fsandbox-cloud/);
    const reports = stdout.split(/ succeeded in /).slice(1);
    expect(reports).toHaveLength(4);
    for (const first of reports.slice(0, 2)) {
      expect(first).toMatch(/ {2}failed +0/);
      expect(first).toMatch(/Unique now holds \d\d contents\n +\/Knowledge\/Confluence\/ENG +\d/);
    }
    for (const second of reports.slice(2)) {
      expect(second).toMatch(/ {2}new +1 [^]* {2}updated +1\n +unchanged +\d\d [^]* {2}failed +0/);
    }
    expect(existsSync(join(folder, '.syncspace', 'demo'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
