import type { ManifestRow } from '../store';
import { type MakeDatabase, withDatabase } from './database.contract';
import { discover, failure, ingest, ingestedBefore, NOW, page, spaceRun, TENANT, writerOf } from './rows.contract';

const KEY = spaceRun();
const LOOK = { force: false, comparedBefore: NOW, doubtBefore: NOW - 1 };

export function describeWork(make: MakeDatabase): void {
  describe('a space without changes', () => {
    const at = withDatabase(make);
    const rows = Array.from({ length: 30 }, (_, i) => page(String(i)));

    beforeEach(async () => {
      await ingestedBefore(at.store, rows);
      await at.store.spaces.setCompared(TENANT, 'ENG', '7', NOW);
    });
    const hasWork = (options: Partial<typeof LOOK> = {}) => at.store.plan.hasWork(KEY, { ...LOOK, ...options });
    const changedIn = (index: number, changed: Partial<ManifestRow>) =>
      rows.map((row, i) => (i === index ? { ...row, ...changed } : row));

    test('has no work', async () => {
      await discover(at.store, KEY, rows);
      expect(await hasWork()).toBe(false);
    });

    test('has work when it is forced, or not compared for long, or its key was given to another space', async () => {
      await discover(at.store, KEY, rows);
      expect(await hasWork({ force: true })).toBe(true);
      expect(await hasWork({ comparedBefore: NOW + 1 })).toBe(true);
      await at.store.spaces.setCompared(TENANT, 'ENG', '8', NOW);
      expect(await hasWork()).toBe(true);
    });

    test.each([
      ['a page is new', [...rows, page('new')]],
      ['a page changed', changedIn(17, { fingerprint: 'changed' })],
      ['a page is gone', rows.slice(1)],
      ['there is a root to walk', changedIn(3, { isRoot: true })],
      ['a root that is no item is to be walked', [...rows, page('folder', { kind: 'root', isRoot: true })]],
      ['a page has more attachments', changedIn(3, { hasMoreAttachments: true })],
    ])('has work when %s', async (_, listed) => {
      await discover(at.store, KEY, listed);
      expect(await hasWork()).toBe(true);
    });

    test('has work when an earlier run left some unfinished, whether it is listed still or not', async () => {
      await discover(at.store, KEY, rows);
      const writer = await writerOf(at.store, spaceRun('run-0'));
      await at.store.ledger.announce(writer, [{ itemKey: 'gone', isNew: true }], NOW);
      expect(await hasWork()).toBe(true);
    });

    test('has work when an item failed, until it succeeds', async () => {
      await discover(at.store, KEY, rows);
      const writer = await writerOf(at.store, spaceRun('run-0'));
      await at.store.ledger.recordFailed(writer, [{ ...failure('5', { step: 'download' }), inDoubt: true }], NOW);
      expect(await hasWork()).toBe(true);
      await ingest(at.store, writer, [page('5')]);
      expect(await hasWork()).toBe(false);
    });

    test('has work when a doubt is old enough to be settled', async () => {
      await discover(at.store, KEY, rows);
      await at.store.ledger.announce(
        await writerOf(at.store, spaceRun('run-0'), 'a'),
        [{ itemKey: '5', isNew: false }],
        NOW,
      );
      await ingest(at.store, await writerOf(at.store, spaceRun('run-0'), 'b'), [page('5')], NOW);
      expect(await hasWork({ doubtBefore: NOW })).toBe(false);
      expect(await hasWork({ doubtBefore: NOW + 1 })).toBe(true);
    });

    test('has no work for a page that is known to be empty', async () => {
      await discover(at.store, KEY, [...rows, page('empty')]);
      const writer = await writerOf(at.store, spaceRun('run-0'));
      await at.store.ledger.recordSkipped(
        writer,
        [{ itemKey: 'empty', empty: { fingerprint: 'print-empty', version: 1 } }],
        NOW,
      );
      expect(await hasWork()).toBe(false);
    });
  });
}
