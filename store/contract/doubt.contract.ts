import type { JudgedRemoval } from '../removals-api';
import { type MakeDatabase, withDatabase } from './database.contract';
import {
  discover,
  failure,
  finalized,
  ingest,
  ingestedBefore,
  NOW,
  page,
  spaceRun,
  TENANT,
  writerOf,
} from './rows.contract';

const DOUBT_MS = 600_000;
/** The first moment of a comparison that settles doubts that came up at `NOW`. */
const LATER = NOW + DOUBT_MS + 1;

export function describeDoubt(make: MakeDatabase): void {
  describe('an item in doubt', () => {
    const at = withDatabase(make);
    let runs = 0;

    /** What a new run that compares then plans for page 1. */
    async function plannedAt(now: number, row = page('1')): Promise<'new' | 'updated' | 'unchanged'> {
      const key = spaceRun(`later-${runs++}`);
      await discover(at.store, key, [row]);
      const counts = await at.store.plan.compare(key, { force: false, doubtBefore: now - DOUBT_MS });
      if (counts.new > 0) return 'new';
      return counts.updated > 0 ? 'updated' : 'unchanged';
    }
    /** A whole later run that ingests page 1, planned or not. */
    async function ingestedAt(now: number): Promise<void> {
      const key = spaceRun(`redo-${runs++}`);
      await discover(at.store, key, [page('1')]);
      await at.store.plan.compare(key, { force: false, doubtBefore: now - DOUBT_MS });
      await ingest(at.store, await writerOf(at.store, key, key.run), [page('1')], now);
      await at.store.leases.releaseSpace(key);
    }
    const attempt = (name: string) => writerOf(at.store, spaceRun(), name);
    const announce = async (name: string, when = NOW) =>
      at.store.ledger.announce(await attempt(name), [{ itemKey: '1', isNew: false }], when);

    test('is none that one attempt announced twice', async () => {
      await announce('a');
      await announce('a');
      await at.store.ledger.recordFinalized(await attempt('a'), [finalized(page('1'))], NOW);
      expect(await plannedAt(LATER)).toBe('unchanged');
    });

    test('is one that another attempt had announced: ingested once more, when no old request can live', async () => {
      await announce('a');
      await ingest(at.store, await attempt('b'), [page('1')], NOW);
      await at.store.leases.releaseSpace(spaceRun());
      expect(await plannedAt(LATER - 1)).toBe('unchanged');
      expect(await plannedAt(LATER)).toBe('updated');
      await ingestedAt(LATER);
      expect(await plannedAt(LATER + DOUBT_MS * 10)).toBe('unchanged');
    });

    test('is one that another run had announced', async () => {
      const dead = await writerOf(at.store, spaceRun('dead'));
      await at.store.ledger.announce(dead, [{ itemKey: '1', isNew: true }], NOW - 5);
      await at.store.leases.releaseSpace(dead);
      await ingest(at.store, await attempt('b'), [page('1')], NOW);
      expect(await plannedAt(LATER - 1)).toBe('unchanged');
      expect(await plannedAt(LATER)).toBe('updated');
    });

    test('stays one when it is ingested before the wait is over, for whatever reason', async () => {
      await announce('a');
      await ingest(at.store, await attempt('b'), [page('1')], NOW);
      await at.store.leases.releaseSpace(spaceRun());
      await ingestedAt(LATER - 1);
      expect(await plannedAt(LATER)).toBe('updated');
    });

    test('stays one when the redo is itself taken over', async () => {
      await announce('a');
      await ingest(at.store, await attempt('b'), [page('1')], NOW);
      await at.store.leases.releaseSpace(spaceRun());
      const key = spaceRun('redo');
      await discover(at.store, key, [page('1')]);
      await at.store.plan.compare(key, { force: false, doubtBefore: LATER - DOUBT_MS });
      await at.store.ledger.announce(await writerOf(at.store, key, 'first'), [{ itemKey: '1', isNew: false }], LATER);
      await ingest(at.store, await writerOf(at.store, key, 'second'), [page('1')], LATER + 5);
      expect(await plannedAt(LATER + 5 + DOUBT_MS)).toBe('unchanged');
      expect(await plannedAt(LATER + 6 + DOUBT_MS)).toBe('updated');
    });

    test('is one whose own write got no answer', async () => {
      const writer = await attempt('a');
      await at.store.ledger.announce(writer, [{ itemKey: '1', isNew: true }], NOW - 5);
      await at.store.ledger.recordFailed(writer, [{ ...failure('1'), inDoubt: true }], NOW);
      await ingest(at.store, writer, [page('1')], NOW + 1);
      expect(await plannedAt(LATER - 1)).toBe('unchanged');
      expect(await plannedAt(LATER)).toBe('updated');
    });

    test('is none whose writes were all answered, whoever goes on with it', async () => {
      await announce('a');
      await at.store.ledger.recordFailed(
        await attempt('a'),
        [{ ...failure('1', { httpStatus: 500 }), inDoubt: false }],
        NOW,
      );
      await ingest(at.store, await attempt('b'), [page('1')], NOW);
      expect(await plannedAt(LATER)).toBe('unchanged');
    });

    test('stays one from before when a later write of it is answered', async () => {
      await announce('a');
      await announce('b');
      await at.store.ledger.recordFailed(
        await attempt('b'),
        [{ ...failure('1', { httpStatus: 500 }), inDoubt: false }],
        NOW,
      );
      await ingest(at.store, await attempt('c'), [page('1')], NOW);
      expect(await plannedAt(LATER)).toBe('updated');
    });

    test('is none whose download got no answer: nothing was written', async () => {
      await ingestedBefore(at.store, [page('1')]);
      const writer = await attempt('a');
      await at.store.ledger.recordFailed(writer, [{ ...failure('1', { step: 'download' }), inDoubt: true }], NOW);
      await ingest(at.store, writer, [page('1')], NOW);
      expect(await plannedAt(LATER)).toBe('unchanged');
    });

    test('is one that is found empty while a request of somebody else may be on its way', async () => {
      await ingestedBefore(at.store, [page('1')]);
      await announce('a');
      const empty = { fingerprint: 'empty', version: 1 };
      await at.store.ledger.recordSkipped(await attempt('b'), [{ itemKey: '1', empty }], NOW);
      expect(await plannedAt(LATER - 1, page('1', empty))).toBe('unchanged');
      expect(await plannedAt(LATER, page('1', empty))).toBe('updated');
      expect(await at.store.ledger.count(TENANT)).toMatchObject({ empty: 1 });
    });

    test('waits for a removal of somebody else as long as that may arrive, however often it is tried meanwhile', async () => {
      await ingestedBefore(at.store, [page('1')]);
      const dead = await writerOf(at.store, spaceRun('dead'), 'dead', 'removal');
      const removal = { itemKey: '1', spaceId: '7' } as JudgedRemoval;
      await at.store.removals.announce(dead, [removal], NOW, NOW - DOUBT_MS);
      await at.store.leases.releaseSpace(dead);
      const tryAt = async (now: number) => {
        const key = spaceRun(`tries-${runs++}`);
        await discover(at.store, key, [page('1')]);
        await at.store.plan.compare(key, { force: false, doubtBefore: now - DOUBT_MS });
        const writer = await writerOf(at.store, key, key.run);
        const waiting = await at.store.ledger.announce(writer, [{ itemKey: '1', isNew: false }], now);
        if (waiting.length > 0) await at.store.ledger.recordFailed(writer, [{ ...failure('1'), inDoubt: false }], now);
        await at.store.leases.releaseSpace(key);
        return waiting;
      };
      expect(await tryAt(NOW + DOUBT_MS / 2)).toEqual(['1']);
      expect(await tryAt(LATER - 1)).toEqual(['1']);
      expect(await tryAt(LATER)).toEqual([]);
    });

    test('is settled at once where no request may live at all', async () => {
      await announce('a');
      await ingest(at.store, await attempt('b'), [page('1')], NOW);
      await at.store.leases.releaseSpace(spaceRun());
      const key = spaceRun('next');
      await discover(at.store, key, [page('1')]);
      expect(await at.store.plan.compare(key, { force: false, doubtBefore: NOW + 1 })).toMatchObject({ updated: 1 });
    });
  });
}
