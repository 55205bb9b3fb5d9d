import { SupersededError, type SpaceRunKey, type Store, type Writer } from '../store';
import type { JudgedCandidate, ReleasedRemoval, RemovalCandidate } from '../removals-api';
import { type MakeDatabase, withDatabase } from './database.contract';
import {
  attachment,
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
const MINUTE = 60_000;
const LATER = NOW + 60 * MINUTE;
const NOTHING_BLOCKED = () => undefined;
const BLOCKED = { fingerprint: 'f00d', reason: 'too much', deletions: 1, stored: 2 };
const FAILURE = failure('1', { step: 'remove' });

const judged = (itemKey: string, changed: Partial<JudgedCandidate> = {}): JudgedCandidate => ({
  itemKey,
  spaceId: '7',
  verdict: 'remove',
  why: 'unlabelled',
  isEmpty: false,
  lookedUpAt: NOW,
  tombstone: 'keep',
  ...changed,
});
type Removed = ReleasedRemoval & { readonly wasThere: boolean };
const released = (itemKey: string, changed: Partial<Removed> = {}): Removed => ({
  ...judged(itemKey),
  isApproved: false,
  wasThere: true,
  ...changed,
});
const remover = (store: Store, key: SpaceRunKey = KEY, attempt = 'attempt-1'): Promise<Writer> =>
  writerOf(store, key, attempt, 'removal');

async function candidates(store: Store, key = KEY): Promise<RemovalCandidate[]> {
  const all: RemovalCandidate[] = [];
  for await (const chunk of store.removals.candidates(key)) all.push(...chunk);
  return all;
}

export function describeRemovals(make: MakeDatabase): void {
  describe('removals', () => {
    const at = withDatabase(make);
    const count = () => at.store.ledger.count(TENANT, 'ENG');
    const remove = async (writer: Writer, items: readonly ReturnType<typeof released>[], when = NOW) => {
      await at.store.removals.addToPlan(
        writer,
        items.map((one) => judged(one.itemKey, one)),
        when,
      );
      const going = await at.store.removals.announce(writer, items, when, when - 10 * MINUTE);
      const gone = items.filter(({ itemKey }) => going.has(itemKey));
      await at.store.removals.recordRemoved(writer, gone, when, when - 10 * MINUTE);
      return going;
    };

    beforeEach(async () => {
      await ingestedBefore(at.store, [page('1'), page('2'), page('3')]);
      await discover(at.store, KEY, [page('1')]);
      await at.store.plan.compare(KEY, NOT_FORCED);
    });

    test('are proposed for what the manifest lacks, and for what only the platform knows', async () => {
      await at.store.plan.keepCandidates(KEY, ['1', '2', '9']);
      expect((await candidates(at.store)).map(({ itemKey }) => itemKey)).toEqual(['2', '3', '9']);
    });

    test('W-05: are proposed for an item that was read and is empty, with the version that was', async () => {
      const writer = await writerOf(at.store, KEY);
      await at.store.ledger.recordSkipped(
        writer,
        [{ itemKey: '1', empty: { fingerprint: 'print-1', version: 1 } }],
        NOW,
      );
      expect(await candidates(at.store)).toContainEqual({ itemKey: '1', spaceId: '7', emptyVersion: 1 });
    });

    test('take their rows along, are counted and kept with their reason', async () => {
      await at.store.plan.keepCandidates(KEY, ['9']);
      const writer = await remover(at.store);
      await remove(writer, [released('2'), released('3'), released('9', { wasThere: false })]);
      expect(await count()).toMatchObject({ finalized: 1, unfinished: 0 });
      expect(await at.store.removals.totals(KEY)).toEqual({ deleted: 2, moved: 0 });
      expect(await candidates(at.store)).toEqual([]);
      expect(await at.store.plan.countHeld(KEY)).toBe(0);
    });

    test('W-05: leave an empty item in the ledger, so that it is not read again', async () => {
      const empty = [{ itemKey: '1', empty: { fingerprint: 'print-1', version: 1 } }];
      await at.store.ledger.recordSkipped(await writerOf(at.store, KEY), empty, NOW);
      await remove(await remover(at.store), [released('1', { isEmpty: true })]);
      expect(await at.store.plan.compare(KEY, NOT_FORCED)).toMatchObject({ new: 0, updated: 0, unchanged: 1 });
      expect((await candidates(at.store)).map(({ itemKey }) => itemKey)).not.toContain('1');
    });

    test('stand as unfinished work while they are announced', async () => {
      await at.store.removals.announce(await remover(at.store), [judged('2')], NOW, 0);
      expect(await count()).toMatchObject({ finalized: 2, unfinished: 1 });
    });

    test('that are held after all stay with their reason, and are not due again', async () => {
      const writer = await remover(at.store);
      await at.store.removals.addToPlan(writer, [judged('2'), judged('3')], NOW);
      await at.store.removals.release(writer, new Set(), NOTHING_BLOCKED, NOW);
      await at.store.removals.recordHeld(writer, []);
      await at.store.removals.recordHeld(writer, [{ itemKey: '2', why: 'found again' }]);
      expect((await at.store.removals.next(KEY, 9)).map(({ itemKey }) => itemKey)).toEqual(['3']);
      expect(await at.store.removals.heldReasons(KEY, 5)).toEqual([{ why: 'found again', items: 1 }]);
      expect(await count()).toMatchObject({ finalized: 3, unfinished: 0 });
      await at.store.leases.claimSlice({ ...writer, attempt: 'attempt-2' }, NOW);
      await expect(at.store.removals.recordHeld(writer, [{ itemKey: '3', why: 'late' }])).rejects.toThrow(
        SupersededError,
      );
    });

    test('whose announcement is taken back leave no doubt to whoever comes next', async () => {
      const first = await remover(at.store);
      await at.store.removals.announce(first, [judged('2'), judged('3')], NOW, 0);
      await at.store.removals.withdraw(first, ['2']);
      const next = await remover(at.store, KEY, 'attempt-2');
      await remove(next, [released('2'), released('3')]);
      // Of the other one a request may still be on its way: its row stays, and it is removed once more.
      expect((await candidates(at.store)).map(({ itemKey }) => itemKey)).toEqual(['3']);
      expect(await count()).toMatchObject({ finalized: 1, unfinished: 1 });
      await expect(at.store.removals.withdraw(first, ['2'])).rejects.toThrow(SupersededError);
    });

    test('W-11: of a move wait until the other space has the item finalized', async () => {
      const writer = await remover(at.store);
      const move = judged('2', { toSpace: 'OPS' });
      expect([...(await at.store.removals.announce(writer, [move], NOW, 0))]).toEqual([]);
      const other = await writerOf(at.store, spaceRun('run-1', 'OPS'));
      await at.store.ledger.announce(other, [{ itemKey: '2', isNew: true }], NOW);
      expect([...(await at.store.removals.announce(writer, [move], NOW, 0))]).toEqual([]);
      await at.store.ledger.recordFinalized(
        other,
        [{ itemKey: '2', contentId: 'c', fingerprint: 'f', version: 1 }],
        NOW,
      );
      expect([...(await at.store.removals.announce(writer, [move], NOW, 0))]).toEqual(['2']);
    });

    test('W-05 W-11: of a move know which items the other space read and found empty, at which version', async () => {
      const other = await writerOf(at.store, spaceRun('run-1', 'OPS'));
      const empty = { fingerprint: 'f', version: 4 };
      await at.store.ledger.recordSkipped(other, [{ itemKey: '2', empty }, { itemKey: '3' }], NOW);
      await ingest(at.store, other, [page('1')]);
      const versions = await at.store.removals.emptyVersions(TENANT, 'OPS', ['1', '2', '3', '4']);
      expect([...versions]).toEqual([['2', 4]]);
    });

    test('W-03 B-061 of an image wait until its page is finalized with it, beyond doubt', async () => {
      const key = spaceRun('run-2');
      await ingestedBefore(at.store, [attachment('1', 'i', 5)]);
      const whole = page('1', { fingerprint: 'with its image' });
      await discover(at.store, key, [whole, image('1', 'i')]);
      await at.store.plan.compare(key, NOT_FORCED);
      expect((await candidates(at.store, key)).map(({ itemKey }) => itemKey)).toContain('1::i');
      const into = { spaceKey: 'ENG', itemKey: '1', fingerprint: whole.fingerprint };
      const removal = judged('1::i', { toSpace: 'ENG', into });
      const mayGo = async () =>
        (await at.store.removals.announce(await remover(at.store, key), [removal], NOW, 0)).size === 1;
      expect(await mayGo()).toBe(false);
      await ingest(at.store, await writerOf(at.store, key), [page('1', { fingerprint: 'without' })]);
      expect(await mayGo()).toBe(false);
      await at.store.ledger.announce(await writerOf(at.store, key, 'dead'), [{ itemKey: '1', isNew: false }], NOW);
      await ingest(at.store, await writerOf(at.store, key, 'attempt-2'), [whole]);
      expect(await mayGo()).toBe(false);
      await at.store.removals.addToPlan(await remover(at.store, key), [judged('1::i', removal)], NOW);
      await at.store.removals.release(await remover(at.store, key), new Set(), NOTHING_BLOCKED, NOW);
      expect(await at.store.removals.next(key, 1)).toMatchObject([{ into, toSpace: 'ENG' }]);
    });

    test('W-03 of an image go once its page stands with it', async () => {
      const key = spaceRun('run-2');
      await ingestedBefore(at.store, [attachment('1', 'i', 5)]);
      const whole = page('1', { fingerprint: 'with its image' });
      await discover(at.store, key, [whole, image('1', 'i')]);
      await ingest(at.store, await writerOf(at.store, key), [whole]);
      const into = { spaceKey: 'ENG', itemKey: '1', fingerprint: whole.fingerprint };
      const going = await at.store.removals.announce(
        await remover(at.store, key),
        [judged('1::i', { toSpace: 'ENG', into })],
        NOW,
        0,
      );
      expect([...going]).toEqual(['1::i']);
    });

    test('W-11: never go in both spaces of a page that moves to and fro', async () => {
      await ingestedBefore(at.store, [page('2')], 'OPS');
      const [here, there] = [await remover(at.store), await remover(at.store, spaceRun('run-1', 'OPS'))];
      const both = await Promise.all([
        at.store.removals.announce(here, [judged('2', { toSpace: 'OPS' })], NOW, 0),
        at.store.removals.announce(there, [judged('2', { toSpace: 'ENG' })], NOW, 0),
      ]);
      expect(both.map(({ size }) => size).sort()).toEqual([0, 1]);
    });

    test('wait while a registration of somebody else may still arrive', async () => {
      await at.store.ledger.announce(await writerOf(at.store, KEY, 'dead'), [{ itemKey: '2', isNew: false }], NOW);
      const writer = await remover(at.store);
      expect([...(await at.store.removals.announce(writer, [judged('2')], NOW, NOW))]).toEqual([]);
      expect([...(await at.store.removals.announce(writer, [judged('2')], LATER, NOW + 1))]).toEqual(['2']);
    });

    test('that got no answer are done once more later, and nothing is registered before', async () => {
      const writer = await remover(at.store);
      await at.store.removals.announce(writer, [judged('2')], NOW, 0);
      await at.store.removals.recordFailed(writer, [{ ...FAILURE, itemKey: '2', inDoubt: true }], NOW);
      const ingesting = await writerOf(at.store, KEY, 'attempt-2');
      const again = [{ itemKey: '2', isNew: false }];
      await at.store.plan.compare(KEY, { force: false, doubtBefore: NOW });
      expect(await at.store.ledger.announce(ingesting, again, NOW + 1)).toEqual(['2']);
      await at.store.plan.compare(KEY, { force: false, doubtBefore: NOW + 1 });
      expect(await at.store.ledger.announce(ingesting, again, LATER)).toEqual([]);
    });

    test('of a dead attempt are done again, and leave a row until no request of it can arrive', async () => {
      await at.store.removals.announce(await remover(at.store, KEY, 'dead'), [judged('2')], NOW, 0);
      const writer = await remover(at.store, KEY, 'next');
      await remove(writer, [released('2')], NOW + 1);
      expect(await count()).toMatchObject({ finalized: 2, unfinished: 1 });
      await at.store.leases.releaseSpace(KEY);
      const nextRun = spaceRun('run-2');
      await discover(at.store, nextRun, [page('1')]);
      await remove(await remover(at.store, nextRun), [released('2', { wasThere: false })], LATER);
      expect(await count()).toMatchObject({ finalized: 2, unfinished: 0 });
    });

    test('are refused to a superseded attempt', async () => {
      const old = await remover(at.store, KEY, 'old');
      await remover(at.store, KEY, 'new');
      await expect(at.store.removals.announce(old, [judged('2')], NOW, 0)).rejects.toThrow(SupersededError);
      await expect(at.store.removals.recordRemoved(old, [released('2')], NOW, 0)).rejects.toThrow(SupersededError);
      await expect(at.store.removals.addToPlan(old, [judged('2')], NOW)).rejects.toThrow(SupersededError);
      expect(await count()).toMatchObject({ finalized: 3 });
    });

    test('keep the first time that an item was absent, until it is listed or found again', async () => {
      const writer = await remover(at.store);
      for (const when of [NOW, LATER]) {
        await at.store.removals.addToPlan(writer, [judged('2', { verdict: 'hold', tombstone: 'set' })], when);
      }
      expect((await candidates(at.store))[0]).toMatchObject({ itemKey: '2', absentSince: NOW });
      await at.store.removals.addToPlan(writer, [judged('2', { verdict: 'hold', tombstone: 'clear' })], LATER);
      expect((await candidates(at.store))[0]).not.toHaveProperty('absentSince');

      await at.store.removals.addToPlan(writer, [judged('2', { tombstone: 'set' })], NOW);
      const relisted = spaceRun('run-2');
      await discover(at.store, relisted, [page('2')]);
      const options = { force: false, comparedBefore: 0, doubtBefore: 0 };
      expect(await at.store.plan.hasWork(relisted, options)).toBe(true);
      await at.store.plan.compare(relisted, NOT_FORCED);
      expect((await candidates(at.store)).find(({ itemKey }) => itemKey === '2')).not.toHaveProperty('absentSince');
    });

    test('B-086 W-09 are counted by the guard against what was stored before, in this space and in all', async () => {
      await ingestedBefore(at.store, [page('8'), page('9')], 'OPS');
      await at.store.removals.countStored(KEY, NOW);
      const writer = await remover(at.store);
      await remove(writer, [released('2')]);
      await at.store.removals.addToPlan(writer, [judged('3')], NOW);
      let seen: object | undefined;
      await at.store.removals.release(writer, new Set(), (counts, keys) => void (seen ??= { ...counts, keys }), NOW);
      expect(seen).toMatchObject({
        space: { done: 1, planned: 1, stored: 3 },
        tenant: { done: 1, planned: 1, stored: 5 },
        emptiedSpaces: { done: 0, planned: 0, stored: 2 },
        keys: ['3'],
      });
    });

    test('W-10 are counted among what stood there a day ago, too: what came today excuses none of them', async () => {
      const later = NOW + 25 * 60 * MINUTE;
      const [earlier, today] = [spaceRun('run-0'), [page('8'), page('9')]];
      await ingest(at.store, await writerOf(at.store, earlier, 'today', 'page/9'), today, later - 30 * MINUTE);
      await remove(await remover(at.store, earlier), [released('3')], later - 20 * MINUTE);
      await at.store.leases.releaseSpace(earlier);
      await at.store.removals.countStored(KEY, later);
      const writer = await remover(at.store);
      await at.store.removals.addToPlan(writer, [judged('2'), judged('8')], later);

      const [all, lasting] = [
        { isLasting: false, done: 1, planned: 2, stored: 4 },
        { isLasting: true, done: 1, planned: 1, stored: 3 },
      ];
      const seen: unknown[] = [];
      await at.store.removals.release(writer, new Set(), ({ space }) => void seen.push(space), later);
      expect(seen).toEqual([all, lasting]);
      const together: unknown[] = [];
      await at.store.removals.holdTogether(KEY, ({ tenant }) => void together.push(tenant), later);
      expect(together).toEqual([all, lasting]);
    });

    test('that are blocked wait; approved ones and moves go, and the set is found by its fingerprint', async () => {
      const writer = await remover(at.store);
      const plan = [judged('2'), judged('3', { toSpace: 'OPS' }), judged('9')];
      await at.store.removals.addToPlan(writer, plan, NOW);
      const result = await at.store.removals.release(writer, new Set(['9']), () => BLOCKED, NOW);
      expect(result).toEqual({ released: 2, blocked: BLOCKED });
      expect((await at.store.removals.next(KEY, 9)).map(({ itemKey, isApproved }) => [itemKey, isApproved])).toEqual([
        ['3', false],
        ['9', true],
      ]);
      expect(await at.store.removals.blockedOf(KEY)).toEqual(BLOCKED);
      expect(await at.store.removals.heldReasons(KEY, 5)).toEqual([{ why: 'waits for an approval', items: 1 }]);
      const set = { spaceKey: 'ENG', itemKeys: ['2'] };
      expect(await at.store.removals.blockedSet(TENANT, 'f00d', NOW + 7 * 24 * 60 * MINUTE)).toEqual(set);
      expect(await at.store.removals.blockedSet(TENANT, 'f00d', NOW + 8 * 24 * 60 * MINUTE)).toBeUndefined();
      expect(await at.store.removals.blockedSet('other', 'f00d', NOW)).toBeUndefined();
    });

    test('W-08 of all spaces are held back together, but for moves and approved ones; each set has its name', async () => {
      await ingestedBefore(at.store, [page('8'), page('9')], 'OPS');
      await at.store.removals.countStored(KEY, NOW);
      const [here, there] = [await remover(at.store), await remover(at.store, spaceRun('run-1', 'OPS'))];
      await at.store.removals.addToPlan(here, [judged('2'), judged('3', { toSpace: 'OPS' })], NOW);
      await at.store.removals.addToPlan(there, [judged('8'), judged('9')], NOW);
      await at.store.removals.release(here, new Set(), NOTHING_BLOCKED, NOW);
      await at.store.removals.release(there, new Set(['9']), NOTHING_BLOCKED, NOW);
      const left = async () =>
        (await Promise.all([at.store.removals.next(here, 9), at.store.removals.next(there, 9)])).map((removals) =>
          removals.map(({ itemKey }) => itemKey),
        );

      let counts: object | undefined;
      await at.store.removals.holdTogether(KEY, (seen) => void (counts ??= seen), NOW);
      expect(counts).toMatchObject({
        tenant: { done: 0, planned: 2, stored: 5 },
        emptiedSpaces: { done: 0, planned: 0, stored: 2 },
      });
      expect(await left()).toEqual([
        ['2', '3'],
        ['8', '9'],
      ]);

      for (let time = 1; time <= 2; time++) {
        const named = (spaceKey: string) => ({ ...BLOCKED, fingerprint: `of-${spaceKey}` });
        await at.store.removals.holdTogether(KEY, (_counts, { spaceKey }) => named(spaceKey), NOW);
        expect(await left()).toEqual([['3'], ['9']]);
      }
      expect(await at.store.removals.blockedSet(TENANT, 'of-ENG', NOW)).toEqual({ spaceKey: 'ENG', itemKeys: ['2'] });
      expect(await at.store.removals.blockedOf(there)).toMatchObject({ fingerprint: 'of-OPS' });
    });

    test('that were approved count for no guard', async () => {
      await at.store.removals.countStored(KEY, NOW);
      const writer = await remover(at.store);
      await remove(writer, [released('2', { isApproved: true })]);
      let done: number | undefined;
      await at.store.removals.release(writer, new Set(), ({ space }) => void (done = space.done), NOW);
      expect(done).toBe(0);
    });

    test('of a plan that is made anew are forgotten', async () => {
      const writer = await remover(at.store);
      await at.store.removals.addToPlan(writer, [judged('2')], NOW);
      await at.store.removals.beginPlan(writer);
      expect(await at.store.removals.release(writer, new Set(), NOTHING_BLOCKED, NOW)).toEqual({ released: 0 });
    });
  });
}
