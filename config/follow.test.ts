import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followTenants } from './follow';
import { type LoadedTenants, loadTenants } from './load';
import { dataCenterFile } from './tenant-file-fixture';

let directory: string;
let end: () => void = () => undefined;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'follow-'))));
afterEach(() => {
  end();
  rmSync(directory, { recursive: true });
});
jest.setTimeout(30_000);

const write = (name: string, content: string) => writeFileSync(join(directory, name), content);
const withToken = (changes = {}) =>
  dataCenterFile({ confluence: { auth: { mode: 'pat', token: `file:${join(directory, 'token')}` } }, ...changes });

/** What the follower is told, one change after the other. */
async function follow() {
  const pattern = join(directory, '*-tenant-config.yaml');
  const told: LoadedTenants[] = [];
  const failures: string[] = [];
  let tell: () => void = () => undefined;
  end = followTenants(pattern, await loadTenants({ pattern }), {
    changed: async (loaded) => {
      told.push(loaded);
      tell();
    },
    failed: (error) => {
      failures.push(String(error));
      tell();
    },
  });
  return { told, failures, next: () => new Promise<void>((resolve) => (tell = resolve)) };
}

test('W-54 a secret that is rotated in its file is a change, though the times of the files stay', async () => {
  write('token', 'old');
  write('acme-tenant-config.yaml', withToken());
  const { told, next } = await follow();
  write('token', 'new');
  utimesSync(join(directory, 'token'), 0, 0);
  await next();
  expect(told).toHaveLength(1);
  const auth = told[0]?.tenants[0]?.confluence.auth;
  expect(auth?.mode === 'pat' && auth.token.reveal()).toBe('new');
});

test('a file that is being written is not believed before two looks agree', async () => {
  write('token', 'old');
  write('acme-tenant-config.yaml', withToken());
  const { told, next } = await follow();
  // Never twice the same, for more than two looks.
  for (let part = 1; part <= 10; part++) {
    write('acme-tenant-config.yaml', withToken({ processing: { concurrency: part } }));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(told).toEqual([]);
  write('acme-tenant-config.yaml', withToken({ processing: { concurrency: 20 } }));
  await next();
  expect(told.map(({ tenants }) => tenants[0]?.processing.concurrency)).toEqual([20]);
});

test('no file at all is a volume that is not mounted: it is told, and nothing changes', async () => {
  write('token', 'old');
  write('acme-tenant-config.yaml', withToken());
  const { told, failures, next } = await follow();
  rmSync(join(directory, 'acme-tenant-config.yaml'));
  await next();
  expect(told).toEqual([]);
  expect(failures).toEqual([expect.stringContaining('matches no file')]);
});
