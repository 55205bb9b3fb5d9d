import { TestWorkflowEnvironment } from '@temporalio/testing';
import { applySchedules, listSchedules, type TenantSchedule } from '.';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  const path = process.env['TEMPORAL_CLI_PATH'] ?? 'temporal';
  env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path } } });
}, 60_000);
afterAll(() => env.teardown());

const acme: TenantSchedule = {
  tenant: 'acme',
  status: 'active',
  cron: '*/15 * * * *',
  timezone: 'Europe/Berlin',
  enabled: true,
};
const described = (tenant = 'acme') => env.client.schedule.getHandle(`sync/${tenant}`).describe();
const changes = async (...input: Parameters<typeof applySchedules> extends [unknown, ...infer Rest] ? Rest : never) =>
  (await applySchedules(env.client, ...input)).map(({ tenant, change }) => `${tenant} ${change}`);

test('B-250 W-39 a Schedule follows its tenant file from the first to the last', async () => {
  await expect(changes([acme])).resolves.toEqual(['acme created']);
  const { spec, policies, action } = await described();
  expect(spec).toMatchObject({ timezone: 'Europe/Berlin', jitter: 90_000 });
  expect(spec.calendars).toMatchObject([{ minute: [{ start: 0, end: 59, step: 15 }] }]);
  expect(policies).toEqual({ overlap: 'SKIP', catchupWindow: 600_000, pauseOnFailure: false });
  expect(action).toMatchObject({
    workflowType: 'syncTenant',
    workflowId: 'sync/acme',
    taskQueue: 'syncspace',
    args: [{ tenant: 'acme' }],
  });
  await expect(listSchedules(env.client)).resolves.toMatchObject([{ tenant: 'acme', cron: '*/15 * * * *' }]);

  await expect(changes([acme])).resolves.toEqual(['acme unchanged']);
  await expect(changes([{ ...acme, cron: '0 2 * * *', timezone: 'UTC' }])).resolves.toEqual(['acme updated']);
  const updated = await described();
  expect(updated.spec).toMatchObject({ timezone: 'UTC', jitter: 600_000, calendars: [{ hour: [{ start: 2 }] }] });
  expect(updated.spec.calendars).toHaveLength(1);
  expect(updated.action).toMatchObject({ args: [{ tenant: 'acme' }], staticSummary: 'Tenant acme' });

  await expect(changes([{ ...acme, status: 'inactive' }])).resolves.toEqual(['acme removed']);
  await expect(changes([{ ...acme, enabled: false }])).resolves.toEqual([]);
  await expect(listSchedules(env.client)).resolves.toEqual([]);
});

test('a pause that a person ordered is kept, one for a file that was gone is not', async () => {
  await changes([acme, { ...acme, tenant: 'beta' }]);
  await env.client.schedule.getHandle('sync/beta').pause('maintenance');
  await expect(changes([{ ...acme, tenant: 'beta', cron: '0 * * * *' }])).resolves.toEqual([
    'beta updated',
    'acme paused',
  ]);
  expect((await described('beta')).state).toMatchObject({ paused: true, note: 'maintenance' });
  expect((await described()).state.paused).toBe(true);

  await expect(changes([acme], { untouched: ['beta'] })).resolves.toEqual(['acme updated']);
  expect((await described()).state).toMatchObject({ paused: false, note: '' });
  await changes([
    { ...acme, enabled: false },
    { ...acme, tenant: 'beta', status: 'deleted' },
  ]);
});

test('Schedules that start something else are left alone', async () => {
  const action = { type: 'startWorkflow', workflowType: 'somethingElse', taskQueue: 'other' } as const;
  await env.client.schedule.create({ scheduleId: 'sync/foreign', spec: {}, action });
  await expect(changes([])).resolves.toEqual([]);
  expect((await described('foreign')).state.paused).toBe(false);
});
