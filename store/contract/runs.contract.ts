import { NO_ITEMS, type SpaceReport } from '../../rules/report';
import { type MakeDatabase, withDatabase } from './database.contract';
import {
  attachment,
  BOUNDS,
  discover,
  failure,
  ingest,
  NOT_FORCED,
  NOW,
  page,
  report,
  spaceRun,
  TENANT,
  writerOf,
} from './rows.contract';

const NONE = { waits: 0, waitedMs: 0, rateLimited: 0, serverErrors: 0 };
const NO_LIMITS = { confluence: NONE, unique: NONE };
const KEY = spaceRun();
const BEGUN = { ...KEY, workflowId: 'sync/acme', startedAt: NOW };
const spaceReport = (spaceKey: string, held = 0): SpaceReport => ({
  spaceKey,
  spaceId: '7',
  outcome: 'succeeded',
  totals: { ...NO_ITEMS, held },
});

export function describeRuns(make: MakeDatabase): void {
  describe('runs', () => {
    const at = withDatabase(make);

    test('begin once, however often they are begun', async () => {
      const first = await at.store.runs.begin(BEGUN);
      expect(first).toEqual({
        tenant: TENANT,
        run: 'run-1',
        workflowId: 'sync/acme',
        startedAt: NOW,
        requests: { confluence: 0, unique: 0, downloads: 0, uploads: 0 },
        limits: NO_LIMITS,
        truncated: false,
      });
      expect(await at.store.runs.begin({ ...BEGUN, startedAt: NOW + 5, workflowId: 'other' })).toEqual(first);
      expect(await at.store.runs.get({ tenant: 'other', run: 'run-1' })).toBeUndefined();
    });

    test('keep the place that they began with', async () => {
      expect(await at.store.runs.begin({ ...BEGUN, place: 'here' })).toMatchObject({ place: 'here' });
      expect(await at.store.runs.begin({ ...BEGUN, place: 'there' })).toMatchObject({ place: 'here' });
    });

    test('W-42 sum up the requests of activities that end at the same time, and what held them up', async () => {
      await at.store.runs.begin(BEGUN);
      const requests = { confluence: 1, unique: 2, downloads: 3, uploads: 4 };
      const limits = {
        confluence: { waits: 1, waitedMs: 2, rateLimited: 3, serverErrors: 4 },
        unique: { waits: 5, waitedMs: 600_000_000, rateLimited: 7, serverErrors: 8 },
      };
      await Promise.all(
        Array.from({ length: 10 }, (_, i) => (i % 2 ? at.store : at.other).runs.addRequests(KEY, requests, limits)),
      );
      const row = await at.store.runs.get(KEY);
      expect(row?.requests).toEqual({ confluence: 10, unique: 20, downloads: 30, uploads: 40 });
      expect(row?.limits).toEqual({
        confluence: { waits: 10, waitedMs: 20, rateLimited: 30, serverErrors: 40 },
        unique: { waits: 50, waitedMs: 6_000_000_000, rateLimited: 70, serverErrors: 80 },
      });
    });

    test('remember that a listing was cut', async () => {
      await at.store.runs.begin(BEGUN);
      await at.store.runs.setTruncated(KEY);
      await at.store.runs.setTruncated(KEY);
      expect((await at.store.runs.get(KEY))?.truncated).toBe(true);
    });

    test('keep their first report when they end, and nothing of the manifest', async () => {
      await discover(at.store, KEY, [page('1'), attachment('1', 'a', 5)]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      await at.store.plan.cutSlices(KEY, BOUNDS);
      await at.store.plan.keepCandidates(KEY, ['9']);
      await at.store.runs.recordSpace(KEY, spaceReport('ENG'));
      await at.store.runs.end(KEY, report(), NOW + 1);
      await at.store.runs.end(KEY, report('run-1', { outcome: 'failed' }), NOW + 2);
      expect(await at.store.runs.get(KEY)).toMatchObject({ endedAt: NOW + 1, outcome: 'succeeded', report: report() });
      expect(await at.store.manifest.count(KEY)).toBe(0);
      expect(await at.store.manifest.spaces(KEY, '', 10)).toEqual([]);
      expect(await at.store.discoveries.get(KEY, 'labels')).toBeUndefined();
      expect(await at.store.plan.slice(KEY, 'page', 0)).toEqual([]);
      expect(await at.store.plan.countHeld(KEY)).toBe(0);
      expect(await at.store.runs.spaceReports(KEY)).toEqual([spaceReport('ENG')]);
    });

    test('are reopened for another round with their requests and their report, and without what they found', async () => {
      await discover(at.store, KEY, [page('1')]);
      await at.store.runs.addRequests(KEY, { confluence: 1, unique: 0, downloads: 0, uploads: 0 }, NO_LIMITS);
      await at.store.runs.recordSpace(KEY, spaceReport('ENG'));
      await at.store.runs.recordFailures(KEY, [failure('1')], NOW);
      await at.store.runs.end(KEY, report(), NOW + 1);
      await at.store.runs.restart(KEY);
      const row = await at.store.runs.get(KEY);
      expect(row).toMatchObject({ startedAt: NOW, requests: { confluence: 1 }, report: report() });
      expect([row?.endedAt, row?.outcome]).toEqual([undefined, undefined]);
      expect(await at.store.runs.spaceReports(KEY)).toEqual([]);
      expect(await at.store.runs.failures(KEY, 10)).toEqual([]);
    });

    test('keep what the new round found when a restart is repeated', async () => {
      await at.store.runs.begin(BEGUN);
      await at.store.runs.end(KEY, report(), NOW + 1);
      await at.store.runs.restart(KEY);
      await discover(at.store, KEY, [page('1')]);
      await at.store.runs.restart(KEY);
      expect(await at.store.manifest.count(KEY)).toBe(1);
    });

    test('are listed newest first, each tenant’s alone', async () => {
      for (const [run, startedAt] of [
        ['a', 2],
        ['b', 3],
        ['c', 1],
      ] as const) {
        await at.store.runs.begin({ ...BEGUN, run, startedAt });
      }
      await at.store.runs.begin({ ...BEGUN, tenant: 'other', startedAt: 9 });
      const runs = await at.store.runs.list(TENANT, 2);
      expect(runs.map(({ run }) => run)).toEqual(['b', 'a']);
    });

    test('tell how far they are', async () => {
      const rows = ['1', '2', '3', '4'].map((id) => page(id));
      await discover(at.store, KEY, rows);
      await discover(at.store, spaceRun('run-2'), [page('1')]);
      expect(await at.store.runs.progress(KEY)).toEqual({ discovered: 4, done: 0, failed: 0, toDo: 0 });
      const writer = await writerOf(at.store, KEY);
      await ingest(at.store, writer, rows.slice(0, 1));
      await at.store.plan.compare(KEY, NOT_FORCED);
      expect(await at.store.runs.progress(KEY)).toEqual({ discovered: 4, done: 1, failed: 0, toDo: 3 });
      await ingest(at.store, writer, rows.slice(1, 2));
      await at.store.ledger.recordFailed(writer, [{ ...failure('3'), inDoubt: false }], NOW);
      expect(await at.store.runs.progress(KEY)).toEqual({ discovered: 4, done: 2, failed: 1, toDo: 1 });
    });

    test('keep one failure an item, the later, with its message cut', async () => {
      await at.store.runs.begin(BEGUN);
      await at.store.runs.recordFailures(KEY, [failure('1'), failure('2', { httpStatus: 404 })], NOW);
      const later = failure('1', { step: 'finalize', message: 'x'.repeat(600) });
      await at.store.runs.recordFailures(KEY, [failure('1', { message: 'in between' }), later], NOW + 1);
      await at.store.runs.recordFailures(spaceRun('run-2'), [failure('3')], NOW);
      expect(await at.store.runs.failures(KEY, 10)).toEqual([
        failure('2', { httpStatus: 404 }),
        { ...later, message: 'x'.repeat(500) },
      ]);
      expect(await at.store.runs.failures(KEY, 1)).toHaveLength(1);
    });

    test('keep thousands of failures', async () => {
      await at.store.runs.recordFailures(
        KEY,
        Array.from({ length: 2_500 }, (_, i) => failure(String(i))),
        NOW,
      );
      expect(await at.store.runs.failures(KEY, 10_000)).toHaveLength(2_500);
    });

    test('keep the last report of each space', async () => {
      await at.store.runs.recordSpace({ ...KEY, spaceKey: 'B' }, spaceReport('B'));
      await at.store.runs.recordSpace({ ...KEY, spaceKey: 'A' }, spaceReport('A'));
      await at.store.runs.recordSpace({ ...KEY, spaceKey: 'B' }, spaceReport('B', 3));
      await at.store.runs.recordSpace(spaceRun('run-2', 'C'), spaceReport('C'));
      expect(await at.store.runs.spaceReports(KEY)).toEqual([spaceReport('A'), spaceReport('B', 3)]);
    });
  });

  describe('purging', () => {
    const at = withDatabase(make);

    test('drops runs that ended before, and unfinished ones that began before, with all they left', async () => {
      for (const [run, startedAt] of [
        ['old', 10],
        ['long', 10],
        ['dead', 10],
        ['young', 30],
      ] as const) {
        await at.store.runs.begin({ ...BEGUN, run, startedAt });
        await at.store.discoveries.addPage({ tenant: TENANT, run }, 'labels', [page('1')], 'cursor');
        await at.store.runs.recordFailures({ tenant: TENANT, run }, [failure('1')], 10);
        await at.store.runs.recordSpace(spaceRun(run), spaceReport('ENG'));
      }
      await at.store.runs.end({ tenant: TENANT, run: 'old' }, report('old'), 19);
      await at.store.runs.end({ tenant: TENANT, run: 'long' }, report('long'), 20);
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.runs.purge(20);
        expect((await at.store.runs.list(TENANT, 10)).map(({ run }) => run)).toEqual(['young', 'long']);
      }
      for (const run of ['old', 'dead']) {
        const key = { tenant: TENANT, run };
        expect(await at.store.manifest.count(key)).toBe(0);
        expect(await at.store.runs.failures(key, 1)).toEqual([]);
        expect(await at.store.runs.spaceReports(key)).toEqual([]);
        expect(await at.store.discoveries.get(key, 'labels')).toBeUndefined();
      }
      expect(await at.store.manifest.count({ tenant: TENANT, run: 'young' })).toBe(1);
      expect(await at.store.runs.failures({ tenant: TENANT, run: 'long' }, 1)).toHaveLength(1);
    });

    test('leaves the ledger as it is', async () => {
      await at.store.runs.begin({ ...BEGUN, startedAt: 1 });
      await ingest(at.store, await writerOf(at.store, KEY), [page('1')]);
      await at.store.runs.purge(NOW);
      expect(await at.store.ledger.count(TENANT)).toEqual({ finalized: 1, unfinished: 0, empty: 0 });
    });
  });
}
