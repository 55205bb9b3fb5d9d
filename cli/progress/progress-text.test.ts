import type { ProgressSample } from './progress-sample';
import { progressText } from './progress-text';

const startedAt = new Date('2026-11-24T10:00:00Z');
const now = startedAt.getTime() + 65_000;

function line(progress: Partial<ProgressSample['progress']>, run?: Partial<ProgressSample['run']>): string {
  const known = { workflowId: 'sync/acme', runId: 'r', firstRunId: 'r', startedAt, answered: true, spaces: [] };
  const counts = {
    runId: 'r',
    workflowId: 'sync/acme',
    startedAt: '',
    discovered: 0,
    done: 0,
    failed: 0,
    toDo: 0,
    ...run,
  };
  return progressText(
    { tenant: 'acme', progress: { ...known, ...progress }, ...(run === undefined ? {} : { run: counts }) },
    now,
  );
}

test('a running sync is one line of phase, items, spaces and time', () => {
  const spaces = [
    { spaceKey: 'ENG', phase: 'ingesting', slices: 6, slicesEnded: 2 },
    { spaceKey: 'OPS', phase: 'planning', slices: 0, slicesEnded: 0 },
  ];
  const counts = { discovered: 2482, done: 1234, failed: 2 };
  expect(line({ phase: 'syncing spaces', spacesEnded: 3, spaces }, counts)).toBe(
    'acme: syncing spaces · 1,234 of 2,482 items, 2 failed · 3 spaces ended · ENG 2/6, OPS planning · 1 min 05 s',
  );
});

test('a pause and a missing worker are said', () => {
  expect(line({ phase: 'syncing spaces', paused: 'maintenance' })).toBe('acme: paused: maintenance · 1 min 05 s');
  expect(line({ answered: false })).toBe('acme: waiting for a worker · 1 min 05 s');
});

test('a step that is tried again says what it failed with', () => {
  const retrying = { step: 'ingestPages', attempt: 3, message: 'GET /pages answered 503\nmore' };
  const space = { spaceKey: 'ENG', phase: 'ingesting', slices: 6, slicesEnded: 2 };
  expect(line({ phase: 'opening', retrying })).toContain('opening · ingestPages, attempt 3: GET /pages answered 503 ·');
  expect(line({ spaces: [{ ...space, retrying }] })).toContain('ENG 2/6 · ingestPages of ENG, attempt 3: GET');
});
