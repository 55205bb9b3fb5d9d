import { SupersededError, type Writer } from '../store';
import { type MakeDatabase, withDatabase } from './database.contract';
import {
  BOUNDS,
  discover,
  failure,
  finalized,
  ingest,
  ingestedBefore,
  LEASE_MS,
  NOT_FORCED,
  NOW,
  page,
  spaceRun,
  TENANT,
  writerOf,
} from './rows.contract';

const KEY = spaceRun();
const EMPTY = { finalized: 0, unfinished: 0, empty: 0 };

export function describeLedger(make: MakeDatabase): void {
  describe('the ledger', () => {
    const at = withDatabase(make);
    const count = () => at.store.ledger.count(TENANT, 'ENG');

    test('goes from announced to finalized, and each step may be repeated', async () => {
      const writer = await writerOf(at.store, KEY);
      const rows = [page('1'), page('2')];
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.ledger.announce(
          writer,
          rows.map(({ itemKey }) => ({ itemKey, isNew: true })),
          NOW,
        );
        expect(await count()).toEqual({ ...EMPTY, unfinished: 2 });
      }
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.ledger.recordFinalized(writer, rows.map(finalized), NOW);
        expect(await count()).toEqual({ ...EMPTY, finalized: 2 });
      }
    });

    test('counts a space, or all of the tenant', async () => {
      await ingestedBefore(at.store, [page('1')]);
      await ingestedBefore(at.store, [page('1'), page('2')], 'OPS');
      await ingestedBefore(at.store, [page('1')], 'ENG', 'other');
      expect(await at.store.ledger.count(TENANT)).toEqual({ ...EMPTY, finalized: 3 });
      expect(await count()).toEqual({ ...EMPTY, finalized: 1 });
      expect(await at.store.ledger.count('nobody')).toEqual(EMPTY);
    });

    test('takes unfinished work up in the next run: as new what never was there, else as updated', async () => {
      await ingestedBefore(at.store, [page('2')]);
      const dead = await writerOf(at.store, spaceRun('run-0'), 'dead');
      await at.store.ledger.announce(
        dead,
        [
          { itemKey: '1', isNew: true },
          { itemKey: '2', isNew: false },
        ],
        NOW,
      );
      await at.store.leases.releaseSpace(dead);
      await discover(at.store, KEY, [page('1'), page('2')]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ new: 1, updated: 1, unchanged: 0, missing: 0 });
      await at.store.plan.cutSlices(KEY, BOUNDS);
      const rows = await at.store.plan.slice(KEY, 'page', 0);
      expect(rows.map(({ action, isNew }) => [action, isNew])).toEqual([
        ['new', true],
        ['updated', false],
      ]);
    });

    test('ingests anew what was announced as new and never finalized, also when it was known before', async () => {
      await ingestedBefore(at.store, [page('1')]);
      const writer = await writerOf(at.store, spaceRun('run-0'));
      await at.store.ledger.announce(writer, [{ itemKey: '1', isNew: true }], NOW);
      await at.store.ledger.announce(writer, [{ itemKey: '1', isNew: false }], NOW);
      await discover(at.store, KEY, [page('1')]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toMatchObject({ new: 1 });
    });

    test('leaves a failed item unfinished, and one that was not announced as it was', async () => {
      await ingestedBefore(at.store, [page('1')]);
      await discover(at.store, KEY, [page('1', { fingerprint: 'changed' }), page('2'), page('3')]);
      await at.store.plan.compare(KEY, NOT_FORCED);
      const writer = await writerOf(at.store, KEY);
      await at.store.ledger.announce(writer, [{ itemKey: '2', isNew: true }], NOW);
      const failures = ['1', '2', '3'].map((id) => ({ ...failure(id, { message: 'y'.repeat(700) }), inDoubt: false }));
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.ledger.recordFailed(writer, failures, NOW);
        expect(await count()).toEqual({ finalized: 1, unfinished: 1, empty: 0 });
        const reported = await at.store.runs.failures(KEY, 10);
        expect(reported).toEqual(failures.map(({ inDoubt: _, ...rest }) => ({ ...rest, message: 'y'.repeat(500) })));
      }
    });

    test('tries what failed again in the next run, even when nothing about it changed', async () => {
      await ingestedBefore(at.store, [page('1')]);
      const writer = await writerOf(at.store, spaceRun('run-0'));
      await at.store.ledger.recordFailed(writer, [{ ...failure('1', { step: 'download' }), inDoubt: false }], NOW);
      await discover(at.store, KEY, [page('1')]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toMatchObject({ updated: 1 });
      await ingest(at.store, writer, [page('1')]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toMatchObject({ unchanged: 1 });
    });

    test('remembers an empty page until its fingerprint changes, and only counts one that is gone', async () => {
      const writer = await writerOf(at.store, spaceRun('run-0'));
      for (let repeat = 0; repeat < 2; repeat++) {
        await at.store.ledger.recordSkipped(
          writer,
          [{ itemKey: '1', empty: { fingerprint: 'print-1', version: 1 } }, { itemKey: '2' }],
          NOW,
        );
        expect(await count()).toEqual({ ...EMPTY, empty: 1 });
      }
      await discover(at.store, KEY, [page('1'), page('2')]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ new: 1, updated: 0, unchanged: 1, missing: 0 });
      await discover(at.store, spaceRun('run-2'), [page('1', { fingerprint: 'changed' })]);
      expect(await at.store.plan.compare(spaceRun('run-2'), NOT_FORCED)).toMatchObject({ new: 1, missing: 0 });
    });

    test('misses the old content of a page that is empty now, listed or not, until the page has a body again', async () => {
      await ingestedBefore(at.store, [page('1')]);
      const writer = await writerOf(at.store, spaceRun('run-0'));
      await at.store.ledger.recordSkipped(writer, [{ itemKey: '1', empty: { fingerprint: 'empty', version: 1 } }], NOW);
      await discover(at.store, KEY, [page('1', { fingerprint: 'empty' })]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toEqual({ new: 0, updated: 0, unchanged: 1, missing: 1 });
      expect(await at.store.plan.missing(KEY, 5)).toEqual(['1']);
      expect(await at.store.plan.countHeld(KEY)).toBe(1);
      await ingest(at.store, writer, [page('1')]);
      expect(await at.store.plan.missing(KEY, 5)).toEqual([]);
    });

    test('misses a registration that was never finalized, when the page is empty now', async () => {
      const writer = await writerOf(at.store, spaceRun('run-0'));
      await at.store.ledger.announce(writer, [{ itemKey: '1', isNew: true }], NOW);
      await at.store.ledger.recordSkipped(writer, [{ itemKey: '1', empty: { fingerprint: 'empty', version: 1 } }], NOW);
      expect(await at.store.plan.missing(KEY, 5)).toEqual(['1']);
    });
  });

  describe('a writer', () => {
    const at = withDatabase(make);

    const writes: readonly (readonly [string, (by: Writer) => Promise<unknown>])[] = [
      ['announces', (by) => at.store.ledger.announce(by, [{ itemKey: '1', isNew: true }], NOW)],
      ['records a finalized item', (by) => at.store.ledger.recordFinalized(by, [finalized(page('1'))], NOW)],
      ['records a failure', (by) => at.store.ledger.recordFailed(by, [{ ...failure('1'), inDoubt: true }], NOW)],
      [
        'records an empty page',
        (by) => at.store.ledger.recordSkipped(by, [{ itemKey: '1', empty: { fingerprint: 'f', version: 1 } }], NOW),
      ],
    ];

    describe.each(writes)('that %s', (_, write) => {
      beforeEach(() => discover(at.store, KEY, [page('1')]));

      async function expectRefused(writer: Writer): Promise<void> {
        await at.store.plan.compare(KEY, NOT_FORCED);
        const before = await at.store.plan.totals(KEY);
        await expect(write(writer)).rejects.toThrow(SupersededError);
        expect(await at.store.ledger.count(TENANT)).toEqual(EMPTY);
        expect(await at.store.plan.totals(KEY)).toEqual(before);
        expect(await at.store.runs.failures(KEY, 5)).toEqual([]);
      }

      test('is refused, without a trace, when another attempt has its slice', async () => {
        const old = await writerOf(at.store, KEY, 'old');
        await writerOf(at.store, KEY, 'other slice', 'page/1');
        const current = await writerOf(at.store, KEY, 'current');
        await expectRefused(old);
        await write(current);
      });

      test('is refused when another run took the space', async () => {
        const old = await writerOf(at.store, KEY);
        await at.store.leases.holdSpace(spaceRun('run-2'), NOW + LEASE_MS, LEASE_MS);
        await expectRefused(old);
      });

      test('is refused when its run gave the space back', async () => {
        const old = await writerOf(at.store, KEY);
        await at.store.leases.releaseSpace(KEY);
        await expectRefused(old);
      });

      test('is refused when it never claimed its slice', async () => {
        await at.store.leases.holdSpace(KEY, NOW, LEASE_MS);
        await expectRefused({ ...KEY, slice: 'page/0', attempt: 'attempt-1' });
      });

      test('may write when its lease ran out, as long as nobody took it', async () => {
        const writer = await writerOf(at.store, KEY);
        await expect(write(writer)).resolves.not.toThrow();
      });
    });

    test('claims no slice of a space that its run does not hold', async () => {
      const writer = { ...KEY, slice: 'page/0', attempt: 'attempt-1' };
      await expect(at.store.leases.claimSlice(writer, NOW)).rejects.toThrow(SupersededError);
      await writerOf(at.store, spaceRun('run-2'));
      await expect(at.store.leases.claimSlice(writer, NOW)).rejects.toThrow('run run-2 does');
    });

    test('and the one that takes over never both write, whichever is first', async () => {
      const ids = Array.from({ length: 300 }, (_, i) => String(i));
      const old = await writerOf(at.store, KEY, 'old');
      const writing = Array.from({ length: 20 }, () =>
        at.store.ledger
          .announce(
            old,
            ids.map((itemKey) => ({ itemKey, isNew: true })),
            NOW,
          )
          .then(
            () => 'written',
            (error: unknown) => (error instanceof SupersededError ? 'refused' : error),
          ),
      );
      await at.other.leases.claimSlice({ ...old, attempt: 'new' }, NOW);
      const announced = { ...old, attempt: 'new' };
      await at.other.ledger.announce(
        announced,
        ids.map((itemKey) => ({ itemKey, isNew: true })),
        NOW + 1,
      );
      await at.other.ledger.recordFinalized(
        announced,
        ids.map((id) => finalized(page(id))),
        NOW + 2,
      );
      expect(new Set(await Promise.all(writing))).not.toContain(expect.any(Error));
      // Whatever the old attempt got through lay before the new one's claim, and so was finalized by it.
      expect(await at.store.ledger.count(TENANT)).toEqual({ ...EMPTY, finalized: 300 });
    });
  });
}
