import { SupersededError } from '../store';
import { type MakeDatabase, withDatabase } from './database.contract';
import {
  attachment,
  BOUNDS,
  discover,
  failure,
  image,
  ingest,
  ingestedBefore,
  NOT_FORCED,
  NOW,
  page,
  spaceRun,
  TENANT,
  writerOf,
} from './rows.contract';

const KEY = spaceRun();
const NOTHING = { new: 0, updated: 0, unchanged: 0, missing: 0 };

export function describePlan(make: MakeDatabase): void {
  describe('comparing', () => {
    const at = withDatabase(make);

    test('calls items without a ledger row new, changed ones updated, the others unchanged, and misses what is gone', async () => {
      await ingestedBefore(
        at.store,
        ['1', '2', '3', '4'].map((id) => page(id)),
      );
      await discover(at.store, KEY, [
        page('1'),
        page('2', { fingerprint: 'changed' }),
        page('5'),
        attachment('1', 'a', 1),
      ]);
      for (let repeat = 0; repeat < 2; repeat++) {
        const counts = await at.store.plan.compare(KEY, NOT_FORCED);
        expect(counts).toEqual({ new: 2, updated: 1, unchanged: 1, missing: 2 });
        expect(await at.store.plan.counts(KEY)).toEqual(counts);
      }
      expect(await at.store.plan.missing(KEY, 10)).toEqual(['3', '4']);
      expect(await at.store.plan.missing(KEY, 1)).toEqual(['3']);
    });

    test('calls all that is known updated when forced, and takes that back when it is not', async () => {
      await ingestedBefore(at.store, [page('1')]);
      await discover(at.store, KEY, [page('1'), page('2')]);
      expect(await at.store.plan.compare(KEY, { ...NOT_FORCED, force: true })).toEqual({
        ...NOTHING,
        new: 1,
        updated: 1,
      });
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ ...NOTHING, new: 1, unchanged: 1 });
    });

    test('finds nothing unchanged in rows that came after it', async () => {
      await discover(at.store, KEY, [page('1')]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      await discover(at.store, KEY, [page('2')], 'late');
      expect(await at.store.plan.counts(KEY)).toEqual({ ...NOTHING, new: 1 });
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ ...NOTHING, new: 2 });
    });

    test('judges tens of thousands of items, in whatever order they came', async () => {
      const ids = Array.from({ length: 12_000 }, (_, i) => String((i * 7_919) % 1_000_003));
      const rows = ids.map((id) => page(id));
      for (let from = 0; from < 12_000; from += 3_000) await ingestedBefore(at.store, rows.slice(from, from + 3_000));
      await discover(
        at.store,
        KEY,
        rows.slice(1_000).map((row, i) => (i % 10 === 0 ? { ...row, fingerprint: 'changed' } : row)),
      );
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({
        new: 0,
        updated: 1_100,
        unchanged: 9_900,
        missing: 1_000,
      });
      expect(await at.store.plan.missing(KEY, 5_000)).toEqual(ids.slice(0, 1_000).sort());
    });

    test('lets the rest of the process have its turn meanwhile', async () => {
      await discover(
        at.store,
        KEY,
        Array.from({ length: 16_000 }, (_, i) => page(String(i))),
      );
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      await at.store.plan.compare(KEY, NOT_FORCED);
      clearInterval(timer);
      expect(turns).toBeGreaterThan(2);
    });

    test('never mixes spaces, runs and tenants', async () => {
      await ingestedBefore(at.store, [page('1'), page('8')], 'OPS');
      await ingestedBefore(at.store, [page('1'), page('9')], 'ENG', 'other');
      await discover(at.store, KEY, [page('1')]);
      await discover(at.store, spaceRun('run-2'), [page('8')]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ ...NOTHING, new: 1 });
      expect(await at.store.plan.counts(spaceRun('run-2'))).toEqual(NOTHING);
      expect(await at.store.plan.missing(spaceRun('run-1', 'OPS'), 10)).toEqual(['1', '8']);
    });

    test('W-22 writes updated for the pages that are forced, and their attachments', async () => {
      const rows = [page('1'), attachment('1', 'a', 5), page('11'), page('2'), image('2', 'i')];
      await ingestedBefore(at.store, rows.slice(0, 4));
      await discover(at.store, KEY, rows);
      const options = { force: ['1', 'unknown'], doubtBefore: 0 };
      expect(await at.store.plan.hasWork(KEY, { ...options, comparedBefore: 0 })).toBe(true);
      expect(await at.store.plan.compare(KEY, options)).toEqual({ ...NOTHING, updated: 2, unchanged: 2 });
    });

    test('B-061 has no action for an image, which is no item', async () => {
      await discover(at.store, KEY, [page('1'), image('1', 'i')]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ ...NOTHING, new: 1 });
      expect(await at.store.manifest.count(KEY)).toBe(1);
      expect(await at.store.plan.notInManifest(KEY, ['1', '1::i'])).toEqual(['1::i']);
      expect((await at.store.plan.cutSlices(KEY, BOUNDS)).attachments).toEqual({ from: 0, to: 0 });
    });

    test('tells a slice what stands in Unique, unless more than its fingerprint asks for an ingestion', async () => {
      await ingestedBefore(at.store, [page('1'), page('2')]);
      await discover(at.store, KEY, [page('1', { fingerprint: 'changed' }), page('3')]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      await at.store.plan.cutSlices(KEY, BOUNDS);
      const rows = await at.store.plan.slice(KEY, 'page', 0);
      expect(rows.map(({ standing }) => standing)).toEqual([{ fingerprint: 'print-1', version: 1 }, undefined]);
      const forced = spaceRun('run-2');
      await discover(at.store, forced, [page('1')]);
      await at.store.plan.compare(forced, { force: true, doubtBefore: 0 });
      await at.store.plan.cutSlices(forced, BOUNDS);
      expect((await at.store.plan.slice(forced, 'page', 0)).map(({ standing }) => standing)).toEqual([undefined]);
    });

    test('leaves the actions alone once slices are cut', async () => {
      await discover(at.store, KEY, [page('1')]);
      const before = await at.store.plan.compare(KEY, NOT_FORCED);
      await at.store.plan.cutSlices(KEY, BOUNDS);
      await ingest(at.store, await writerOf(at.store, KEY), [page('1')]);
      await at.store.plan.markUpdated(KEY, ['1']);
      await at.store.plan.adopt(KEY, [{ itemKey: '1', contentId: 'x' }], NOW);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual(before);
    });
  });

  describe('the platform’s answer', () => {
    const at = withDatabase(make);

    test('makes new what it lacks, and updated what is older there', async () => {
      await ingestedBefore(
        at.store,
        ['1', '2', '3'].map((id) => page(id)),
      );
      await discover(at.store, KEY, [...['1', '2', '3', '4'].map((id) => page(id)), page('5', { kind: 'root' })]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.plan.markUpdated(KEY, ['2', '3', '4', '5', 'unknown']);
        await at.store.plan.markNew(KEY, ['3', '5', 'unknown']);
        expect(await at.store.plan.counts(KEY)).toEqual({ new: 2, updated: 1, unchanged: 1, missing: 0 });
      }
      const { pages } = await at.store.plan.cutSlices(KEY, BOUNDS);
      const rows = await at.store.plan.slice(KEY, 'page', pages.from);
      expect(rows.map(({ itemKey, action, isNew }) => [itemKey, action, isNew])).toEqual([
        ['2', 'updated', false],
        ['3', 'new', true],
        ['4', 'new', true],
      ]);
    });

    test('is adopted where the ledger knows nothing, and only there', async () => {
      await ingestedBefore(at.store, [page('1')]);
      await discover(at.store, KEY, [page('1', { fingerprint: 'changed' }), page('2'), page('3')]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      await writerOf(at.store, KEY);
      const contents = ['1', '2', 'unknown'].map((itemKey) => ({ itemKey, contentId: `stored-${itemKey}` }));
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.plan.adopt(KEY, contents, NOW);
        expect(await at.store.plan.counts(KEY)).toEqual({ new: 1, updated: 1, unchanged: 1, missing: 0 });
      }
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ new: 1, updated: 1, unchanged: 1, missing: 0 });
      expect(await at.store.ledger.count(TENANT, 'ENG')).toMatchObject({ finalized: 2 });
    });

    test('is not adopted by a run that does not hold the space', async () => {
      await discover(at.store, KEY, [page('1')]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      await writerOf(at.store, spaceRun('run-2'));
      const adopting = at.store.plan.adopt(KEY, [{ itemKey: '1', contentId: 'x' }], NOW);
      await expect(adopting).rejects.toThrow(SupersededError);
      expect(await at.store.ledger.count(TENANT)).toMatchObject({ finalized: 0 });
    });

    test('holds what the manifest lacks, each content once', async () => {
      await ingestedBefore(at.store, [page('1'), page('2')]);
      await discover(at.store, KEY, [page('1'), page('5', { kind: 'root' })]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      expect(await at.store.plan.notInManifest(KEY, ['1', '2', '5', '77'])).toEqual(['2', '5', '77']);
      expect(await at.store.plan.countHeld(KEY)).toBe(1);
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.plan.keepCandidates(KEY, ['1', '2', '77', '77']);
        expect(await at.store.plan.countHeld(KEY)).toBe(2);
      }
    });

    test('may be tens of thousands of keys', async () => {
      const ids = Array.from({ length: 12_000 }, (_, i) => String(i));
      await discover(
        at.store,
        KEY,
        ids.slice(0, 6_000).map((id) => page(id)),
      );
      await ingestedBefore(
        at.store,
        ids.slice(0, 6_000).map((id) => page(id)),
      );
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toMatchObject({ unchanged: 6_000 });
      await at.store.plan.markNew(KEY, ids);
      await at.store.plan.keepCandidates(KEY, ids);
      expect(await at.store.plan.counts(KEY)).toMatchObject({ new: 6_000, unchanged: 0 });
      expect(await at.store.plan.countHeld(KEY)).toBe(6_000);
    });

    test('says nothing about spaces that only the ledger knows', async () => {
      await ingestedBefore(at.store, [page('1'), page('2')], 'GONE');
      await ingestedBefore(at.store, [page('1')], 'ENG');
      await ingestedBefore(at.store, [page('1')], 'ELSE', 'other');
      const empty = await writerOf(at.store, spaceRun('run-0', 'BLANK'));
      await at.store.ledger.recordSkipped(empty, [{ itemKey: '1', empty: { fingerprint: 'empty', version: 1 } }], NOW);
      await discover(at.store, KEY, [page('1')]);
      expect(await at.store.plan.spacesOnlyInLedger(KEY)).toEqual([{ spaceKey: 'GONE', contents: 2 }]);
    });

    test('finds spaces whose scope is all that is left of them', async () => {
      const { plan, spaces, ledger } = at.store;
      for (const spaceKey of ['ENG', 'EMPTIED', 'FULL', 'NEVER', 'NOWHERE']) {
        if (spaceKey !== 'NOWHERE') await spaces.setScope(TENANT, spaceKey, '7', `scope-${spaceKey}`);
        if (spaceKey !== 'NEVER') await spaces.setKnown(TENANT, spaceKey, '7', NOW);
      }
      await spaces.setScope('other', 'ELSE', '7', 'scope-else');
      await spaces.setKnown('other', 'ELSE', '7', NOW);
      await ingestedBefore(at.store, [page('1')], 'FULL');
      const blank = await writerOf(at.store, spaceRun('run-0', 'EMPTIED'));
      await ledger.recordSkipped(blank, [{ itemKey: '1', empty: { fingerprint: 'empty', version: 1 } }], NOW);
      await discover(at.store, KEY, [page('1')]);
      expect(await plan.emptiedSpaces(KEY)).toEqual(['EMPTIED']);
    });
  });

  describe('totals', () => {
    const at = withDatabase(make);

    test('count each item once, by what became of it', async () => {
      await ingestedBefore(at.store, [page('1'), page('2')]);
      const rows = ['1', '3', '4', '5', '6'].map((id) => page(id));
      await discover(at.store, KEY, [...rows, page('2', { fingerprint: 'changed' }), page('7', { kind: 'root' })]);
      expect(await at.store.plan.totals(KEY)).toMatchObject({ discovered: 6, unchanged: 0 });
      await at.store.plan.compare(KEY, NOT_FORCED);
      const writer = await writerOf(at.store, KEY);
      for (let repeat = 0; repeat < 2; repeat++) {
        await ingest(at.store, writer, [page('2', { fingerprint: 'changed' }), page('3')]);
        await at.store.ledger.recordSkipped(writer, [{ itemKey: '4' }], NOW);
        await at.store.ledger.recordFailed(writer, [{ ...failure('5'), inDoubt: false }], NOW);
        expect(await at.store.plan.totals(KEY)).toEqual({
          discovered: 6,
          new: 1,
          updated: 1,
          unchanged: 1,
          moved: 0,
          deleted: 0,
          skipped: 1,
          held: 0,
          failed: 1,
        });
      }
    });

    test('count what failed before the ingestion too, but not a space that failed as a whole', async () => {
      await discover(at.store, KEY, [page('1')]);
      await at.store.runs.recordFailures(KEY, [failure('1', { step: 'attachments' }), failure('')], NOW);
      await at.store.runs.recordFailures(KEY, [failure('1', { spaceKey: 'OPS' })], NOW);
      await at.store.plan.compare(KEY, NOT_FORCED);
      await ingest(at.store, await writerOf(at.store, KEY), [page('1')]);
      expect(await at.store.plan.totals(KEY)).toMatchObject({ new: 1, failed: 1 });
    });
  });
}
