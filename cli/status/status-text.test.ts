import { NO_ITEMS } from '../../rules/report';
import { report } from '../../test/cli/with-temporal';
import { statusText } from './status-text';
import type { TenantView } from './tenant-view';

const now = Date.parse('2026-11-24T10:10:00Z');
const acme: TenantView = { tenant: 'acme', status: 'active', contents: 2482, unfinished: 0 };
const text = (changes: Partial<TenantView>, withFailures = false) =>
  statusText([{ ...acme, ...changes }], withFailures, now);

test('freshness, last sync and next start are seen at a glance', () => {
  const last = report({ endedAt: '2026-11-24T10:07:00Z', totals: { ...NO_ITEMS, new: 5, updated: 1 } });
  const schedule = {
    tenant: 'acme',
    scheduleId: 'sync/acme',
    cron: '*/15 * * * *',
    timezone: 'UTC',
    nextAt: '2026-11-24T10:15:30Z',
  };
  expect(text({ last, freshAt: last.endedAt, schedule })).toBe(
    [
      'acme  active, complete as of 2026-11-24T10:07:00Z (3 min 00 s ago), 2,482 contents',
      '  last  succeeded 3 min 00 s ago, new 5, updated 1, deleted 0',
      '  next  2026-11-24T10:15:30Z (*/15 * * * *, UTC)',
    ].join('\n'),
  );
});

test.each([
  ['running', { phase: 'syncing spaces' }, 'syncing spaces since'],
  ['paused', { paused: 'maintenance' }, 'paused (maintenance); go on with `syncspace resume acme`'],
  ['waiting for a worker', {}, 'an interrupted sync waits for a worker; it goes on with `syncspace up`'],
] as const)('a sync that is %s is said', (state, more, said) => {
  const sync = { workflowId: 'sync/acme', runId: 'r', startedAt: '2026-11-24T10:09:00Z', state, ...more };
  expect(text({ sync })).toContain(`  now   ${said}`);
});

test('what a running sync tries again is said, with the reason', () => {
  const retrying = { spaceKey: 'ENG', step: 'ingestPages', attempt: 4, message: 'Unique answered 503\nlong' };
  const startedAt = '2026-11-24T10:09:00Z';
  const sync = { workflowId: 'sync/acme', runId: 'r', startedAt, state: 'running', retrying } as const;
  expect(text({ sync })).toContain('\n        tries again: ingestPages of ENG, attempt 4: Unique answered 503\n');
});

test('failures are listed when asked for', () => {
  const failure = { spaceKey: 'ENG', itemKey: '1', step: 'upload', httpStatus: 500, message: 'no answer' } as const;
  const last = report({ failures: [failure] });
  expect(text({ last })).not.toContain('no answer');
  expect(text({ last }, true)).toContain('ENG 1  upload, HTTP 500: no answer');
});

test('a tenant whose file has problems says so', () => {
  expect(text({ status: 'broken', problem: 'unique is missing' })).toContain('acme  broken: unique is missing');
});
