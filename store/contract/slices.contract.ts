import fc from 'fast-check';
import { PlanOvertakenError } from '../errors';
import { type MakeDatabase, withDatabase } from './database.contract';
import {
  attachment,
  BOUNDS,
  discover,
  failure,
  finalized,
  ingest,
  NOT_FORCED,
  NOW,
  page,
  slicesOf,
  spaceRun,
  writerOf,
} from './rows.contract';

const KEY = spaceRun();

export function describeSlices(make: MakeDatabase): void {
  describe('slices', () => {
    const at = withDatabase(make);

    async function planned(rows: Parameters<typeof discover>[2]) {
      await discover(at.store, KEY, rows);
      await at.store.plan.compare(KEY, NOT_FORCED);
    }

    test('are bounded by count, for attachments by bytes too, and a larger one stands alone', async () => {
      await planned([
        ...['1', '2', '3', '4', '5'].map((id) => page(id)),
        ...[400, 600, 1, 5_000, 1, 1, 1].map((size, i) => attachment('1', String(i), size)),
        page('6', { itemKey: '1::7', kind: 'attachment' }),
      ]);
      const cut = await at.store.plan.cutSlices(KEY, { pages: 2, attachments: 3, attachmentBytes: 1_000 });
      expect(cut).toEqual({ pages: { from: 0, to: 3 }, attachments: { from: 0, to: 5 } });
      expect(await slicesOf(at.store, KEY, 'page', cut.pages)).toEqual([['1', '2'], ['3', '4'], ['5']]);
      expect(await slicesOf(at.store, KEY, 'attachment', cut.attachments)).toEqual([
        ['1::0', '1::1'],
        ['1::2'],
        ['1::3'],
        ['1::4', '1::5', '1::6'],
        ['1::7'],
      ]);
    });

    test('stay as they were cut, whatever is asked later and by whom', async () => {
      await planned(['1', '2', '3'].map((id) => page(id)));
      const cuts = await Promise.all([
        at.store.plan.cutSlices(KEY, { ...BOUNDS, pages: 1 }),
        at.other.plan.cutSlices(KEY, { ...BOUNDS, pages: 1 }),
      ]);
      expect(cuts[0]).toEqual({ pages: { from: 0, to: 3 }, attachments: { from: 0, to: 0 } });
      expect(cuts[1]).toEqual(cuts[0]);
      await at.reopen();
      expect(await at.store.plan.cutSlices(KEY, BOUNDS)).toEqual(cuts[0]);
    });

    test('are none where nothing is to be ingested', async () => {
      const none = { pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 } };
      expect(await at.store.plan.cutSlices(KEY, BOUNDS)).toEqual(none);
      await planned([page('1', { kind: 'root' })]);
      for (let repeat = 0; repeat < 2; repeat++) expect(await at.store.plan.cutSlices(KEY, BOUNDS)).toEqual(none);
      expect(await at.store.plan.slice(KEY, 'page', 0)).toEqual([]);
    });

    test('are not cut from a space that was not compared', async () => {
      await discover(at.store, KEY, [page('1')]);
      await expect(at.store.plan.cutSlices(KEY, BOUNDS)).rejects.toThrow(PlanOvertakenError);
    });

    test('show an item with all it came with, until it has an outcome', async () => {
      const rows = ['1', '2', '3', '4'].map((id) => page(id));
      await planned(rows);
      await at.store.plan.cutSlices(KEY, BOUNDS);
      expect(await at.store.plan.slice(KEY, 'page', 0)).toEqual(
        rows.map((row) => ({ ...row, action: 'new', isNew: true })),
      );
      const writer = await writerOf(at.store, KEY);
      await at.store.ledger.announce(writer, [{ itemKey: '4', isNew: true }], NOW);
      await at.store.ledger.recordFinalized(writer, [finalized(page('1'))], NOW);
      await at.store.ledger.recordFailed(writer, [{ ...failure('2'), inDoubt: true }], NOW);
      await at.store.ledger.recordSkipped(writer, [{ itemKey: '3' }], NOW);
      expect(await slicesOf(at.store, KEY, 'page', { from: 0, to: 1 })).toEqual([['4']]);
    });

    test('hold every item exactly once, within their bounds', async () => {
      let run = 0;
      const items = fc.array(fc.record({ id: fc.nat(10_000), size: fc.nat(400), isPage: fc.boolean() }), {
        maxLength: 60,
      });
      const bounds = fc.record({
        pages: fc.integer({ min: 1, max: 9 }),
        attachments: fc.integer({ min: 1, max: 9 }),
        attachmentBytes: fc.integer({ min: 1, max: 1_000 }),
      });
      await fc.assert(
        fc.asyncProperty(items, bounds, async (given, within) => {
          const key = spaceRun(`property-${run++}`);
          const rows = given.map(({ id, size, isPage }) =>
            isPage ? page(String(id)) : attachment(String(id), 'a', size),
          );
          await discover(at.store, key, rows);
          await at.store.plan.compare(key, NOT_FORCED);
          const cut = await at.store.plan.cutSlices(key, within);
          const pages = await slicesOf(at.store, key, 'page', cut.pages);
          const attachments = await slicesOf(at.store, key, 'attachment', cut.attachments);
          expect([...pages, ...attachments].flat().sort()).toEqual(
            [...new Set(rows.map(({ itemKey }) => itemKey))].sort(),
          );
          const sizeOf = new Map([...rows].reverse().map(({ itemKey, size }) => [itemKey, size ?? 0]));
          for (const slice of pages) expect(slice.length).toBeLessThanOrEqual(within.pages);
          for (const slice of attachments) {
            const bytes = slice.reduce((sum, itemKey) => sum + (sizeOf.get(itemKey) ?? 0), 0);
            expect(slice.length).toBeLessThanOrEqual(within.attachments);
            expect(slice.length === 1 || bytes <= within.attachmentBytes).toBe(true);
          }
        }),
        { numRuns: 25 },
      );
    });
  });

  describe('retry slices', () => {
    const at = withDatabase(make);
    const rows = ['1', '2', '3', '4', '5', '6', '7'].map((id) => page(id));
    const statuses = [undefined, 408, 409, 429, 500, 404, 400];

    beforeEach(async () => {
      await discover(at.store, KEY, [...rows, attachment('1', 'a', 1), attachment('1', 'b', 1)]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      await at.store.plan.cutSlices(KEY, { ...BOUNDS, pages: 3 });
      const writer = await writerOf(at.store, KEY);
      const failures = rows.map(({ itemKey }, i) => {
        const httpStatus = statuses[i];
        return { ...failure(itemKey), ...(httpStatus === undefined ? {} : { httpStatus }), inDoubt: false };
      });
      await at.store.ledger.recordFailed(
        writer,
        [...failures, { ...failure('1::a', { httpStatus: 503 }), inDoubt: false }],
        NOW,
      );
    });

    test('lie behind all others and hold what may succeed later, and only that', async () => {
      const ranges = { pages: { from: 3, to: 6 }, attachments: { from: 1, to: 2 } };
      for (let repeat = 0; repeat < 2; repeat++) {
        expect(await at.store.plan.cutRetrySlices(KEY, 1, { ...BOUNDS, pages: 2 })).toEqual(ranges);
        expect(await slicesOf(at.store, KEY, 'page', ranges.pages)).toEqual([['1', '2'], ['3', '4'], ['5']]);
        expect(await slicesOf(at.store, KEY, 'attachment', ranges.attachments)).toEqual([['1::a']]);
        // Left over from before, and not part of the retry.
        expect(await slicesOf(at.store, KEY, 'attachment', { from: 0, to: 1 })).toEqual([['1::b']]);
        expect(await slicesOf(at.store, KEY, 'page', { from: 0, to: 3 })).toEqual([[], [], []]);
      }
    });

    test('leave an item failed until it succeeds', async () => {
      await at.store.plan.cutRetrySlices(KEY, 1, BOUNDS);
      expect(await at.store.plan.totals(KEY)).toMatchObject({ new: 0, failed: 8 });
      const writer = await writerOf(at.store, KEY, 'attempt-2', 'page/3');
      await ingest(at.store, writer, [page('1')]);
      await at.store.ledger.recordSkipped(writer, [{ itemKey: '2' }], NOW);
      expect(await at.store.plan.totals(KEY)).toMatchObject({ new: 1, skipped: 1, failed: 6 });
      const failed = await at.store.runs.failures(KEY, 10);
      expect(failed.map(({ itemKey }) => itemKey)).toEqual(['1::a', '3', '4', '5', '6', '7']);
    });

    test('are cut although a page came from another space after the first cut, which is left to the next run', async () => {
      const before = await at.store.plan.totals(KEY);
      await discover(at.store, KEY, [page('8')], 'trees/1/OTHER/0');
      const { pages } = await at.store.plan.cutRetrySlices(KEY, 1, BOUNDS);
      expect(await slicesOf(at.store, KEY, 'page', pages)).toEqual([['1', '2', '3', '4', '5']]);
      expect(await at.store.plan.totals(KEY)).toEqual(before);
      expect(before).toMatchObject({ discovered: 9, unchanged: 0 });
    });

    test('are cut anew for the next round', async () => {
      const first = await at.store.plan.cutRetrySlices(KEY, 1, BOUNDS);
      const writer = await writerOf(at.store, KEY, 'attempt-2', 'page/3');
      await at.store.ledger.recordFailed(writer, [{ ...failure('5', { httpStatus: 502 }), inDoubt: false }], NOW);
      const second = await at.store.plan.cutRetrySlices(KEY, 2, BOUNDS);
      expect(second).toEqual({ pages: { from: 4, to: 5 }, attachments: { from: 2, to: 2 } });
      expect(await slicesOf(at.store, KEY, 'page', second.pages)).toEqual([['5']]);
      expect(await slicesOf(at.store, KEY, 'page', first.pages)).toEqual([['1', '2', '3', '4']]);
      expect(await at.store.plan.cutRetrySlices(KEY, 1, BOUNDS)).toEqual(first);
    });
  });
}
