import { type Sandbox, startSandbox } from '../../sandbox';
import type { PlanReport } from '../../rules/plan-report';
import type { TenantReport } from '../../rules/report';
import { CommandHome } from './run-command';

let sandbox: Sandbox;
let home: CommandHome;

beforeAll(async () => {
  sandbox = await startSandbox({ flavor: 'data-center' });
  home = new CommandHome();
  await sandbox.writeTenantFile(home.folder, { deletion: { graceMinutes: 0 }, verify: { doubtMinutes: 0 } });
});
afterAll(async () => {
  await home.close();
  await sandbox.close();
});
jest.setTimeout(120_000);

test('W-65 B-087 plan shows what would be blocked, and approve lets just that go', async () => {
  const { site, tenant } = sandbox;
  const { code, stdout } = await home.run('plan', tenant, '--json');
  const first = JSON.parse(stdout) as PlanReport;
  expect(code).toBe(0);
  expect(first.estimate.seconds).toBeGreaterThan(0);
  expect(sandbox.unique.contents()).toEqual([]);
  const synced = await home.run('sync', tenant, '--json');
  expect((JSON.parse(synced.stdout) as TenantReport).totals.discovered).toBe(first.totals.discovered);

  const [labelled] = (JSON.parse(synced.stdout) as TenantReport).spaces
    .filter(({ totals }) => totals.discovered > 6)
    .map(({ spaceKey }) => spaceKey);
  for (const page of [...site.contents()].filter(({ spaceKey }) => spaceKey === labelled)) site.setLabels(page.id, []);
  const text = await home.run('plan', tenant);
  expect(text.code).toBe(3);
  expect(text.stdout).toMatch(/more would wait for a person[^]*Removals \(\d+\)[^]*\(blocked\)[^]*Nothing was written/);
  const fingerprint = /fingerprint ([0-9a-f]{12})/.exec(text.stdout)?.[1] ?? '';
  const before = sandbox.unique.contents().length;

  const approved = await home.run('approve', tenant, labelled ?? '', fingerprint, '--json');
  const report = JSON.parse(approved.stdout) as TenantReport;
  expect([approved.code, report.outcome]).toEqual([0, 'succeeded']);
  expect(report.totals.deleted).toBeGreaterThan(6);
  expect(sandbox.unique.contents()).toHaveLength(before - report.totals.deleted);

  const unknown = await home.run('approve', '--all', tenant, 'ffffffffffff');
  expect(unknown.code).toBe(3);
  expect(unknown.stdout).toContain('given for all spaces names no removals');
  expect((await home.run('approve', tenant, 'ffffffffffff')).code).toBe(2);
});
