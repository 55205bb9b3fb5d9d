import { SupersededError, type Store } from '../store';
import type { FormerCopy } from '../former-copies-api';
import { type MakeDatabase, withDatabase } from './database.contract';
import { discover, ingestedBefore, LEASE_MS, NOT_FORCED, NOW, page, spaceRun, TENANT, writerOf } from './rows.contract';

const KEY = spaceRun();
const [OLD, CURRENT] = ['7_ENG', 'acme/7_ENG'];
const copy = (itemKey: string, partialKey = OLD): FormerCopy => ({ itemKey, partialKey, contentId: `old-${itemKey}` });
const KEYS = { former: [OLD], current: CURRENT };

async function itemKeys(store: Store): Promise<string[]> {
  const all: string[] = [];
  for await (const chunk of store.formerCopies.itemKeys(TENANT, 'ENG')) all.push(...chunk);
  return all;
}

export function describeFormerCopies(make: MakeDatabase): void {
  describe('copies under former keys', () => {
    const at = withDatabase(make);

    beforeEach(async () => {
      await ingestedBefore(at.store, [page('1'), page('2')]);
      await discover(at.store, KEY, [page('1'), page('2')]);
      await at.store.leases.holdSpace(KEY, NOW, LEASE_MS);
    });

    test('W-17 begin with a ledger that is forgotten, and end with a space that is new under its keys', async () => {
      const { formerCopies, ledger, plan, spaces } = at.store;
      expect(await formerCopies.begin(KEY, KEYS, NOW)).toEqual({});
      await formerCopies.add(KEY, [copy('1'), copy('2')]);
      // Whatever dies here begins again.
      expect(await formerCopies.begin(KEY, KEYS, NOW)).toEqual({});
      await formerCopies.add(KEY, [copy('1'), copy('2'), copy('3')]);
      await formerCopies.settle(KEY, { spaceId: '7', partialKey: CURRENT, scopeId: 'scope-1' });
      expect(await ledger.count(TENANT, 'ENG')).toMatchObject({ finalized: 0, unfinished: 0 });
      expect(await plan.compare(KEY, NOT_FORCED)).toMatchObject({ new: 2 });
      expect(await spaces.get(TENANT, 'ENG')).toEqual({
        tenant: TENANT,
        spaceKey: 'ENG',
        spaceId: '7',
        partialKey: CURRENT,
        scopeId: 'scope-1',
      });
      await at.reopen();
      expect(await itemKeys(at.store)).toEqual(['1', '2', '3']);
      expect(await at.store.formerCopies.count(TENANT, 'ENG')).toBe(3);
      expect(await at.store.formerCopies.ofItems(TENANT, 'ENG', ['2', '9'])).toEqual([copy('2')]);
    });

    test('W-17 leave only when their item is finalized anew, and count as moved', async () => {
      const { formerCopies, ledger, plan, removals } = at.store;
      await formerCopies.begin(KEY, KEYS, NOW);
      await formerCopies.add(KEY, [copy('1'), copy('2')]);
      await formerCopies.settle(KEY, { spaceId: '7', partialKey: CURRENT });
      await plan.compare(KEY, NOT_FORCED);
      expect(await formerCopies.superseded(KEY, '', 10)).toEqual([]);
      const writer = await writerOf(at.store, KEY, 'attempt-1', 'page/0');
      const done = { itemKey: '1', contentId: 'new-1', fingerprint: 'print-1', version: 1 };
      await ledger.announce(writer, [{ itemKey: '1', isNew: true }], NOW);
      await ledger.recordFinalized(writer, [done], NOW);
      expect(await formerCopies.superseded(KEY, '', 10)).toEqual([copy('1')]);
      expect(await formerCopies.superseded(KEY, '1', 10)).toEqual([]);
      expect(await formerCopies.announce(writer, [copy('1'), copy('2')], NOW)).toEqual([copy('1')]);
      await formerCopies.recordRemoved(writer, [copy('1')], NOW);
      expect(await itemKeys(at.store)).toEqual(['2']);
      expect(await removals.totals(KEY)).toEqual({ deleted: 0, moved: 1 });
    });

    test('W-17 wait where a request that is on its way would be lost from sight', async () => {
      const { formerCopies, ledger, plan } = at.store;
      await plan.compare(KEY, NOT_FORCED);
      const writer = await writerOf(at.store, KEY, 'attempt-1', 'page/0');
      await ledger.announce(writer, [{ itemKey: '1', isNew: false }], NOW);
      expect(await formerCopies.begin(KEY, KEYS, NOW - 1)).toEqual({ inDoubtSince: NOW });
      expect(await ledger.count(TENANT, 'ENG')).toMatchObject({ finalized: 1, unfinished: 1 });
      expect(await formerCopies.begin(KEY, KEYS, NOW + 1)).toEqual({});
    });

    test('W-17 wait when keys become current again under which something is being removed', async () => {
      const { formerCopies, ledger, plan } = at.store;
      await formerCopies.begin(KEY, KEYS, NOW);
      await formerCopies.add(KEY, [copy('1'), copy('2')]);
      await formerCopies.settle(KEY, { spaceId: '7', partialKey: CURRENT });
      await plan.compare(KEY, NOT_FORCED);
      const writer = await writerOf(at.store, KEY, 'attempt-1', 'page/0');
      await ledger.announce(writer, [{ itemKey: '1', isNew: true }], NOW - 5);
      const done = { itemKey: '1', contentId: 'new-1', fingerprint: 'print-1', version: 1 };
      await ledger.recordFinalized(writer, [done], NOW - 5);
      await formerCopies.announce(writer, [copy('1')], NOW);
      const back = { former: [CURRENT], current: OLD };
      expect(await formerCopies.begin(KEY, back, NOW)).toEqual({ inDoubtSince: NOW });
      expect(await formerCopies.begin(KEY, back, NOW + 1)).toEqual({});
      // What stands there is no copy any more.
      expect(await itemKeys(at.store)).toEqual([]);
    });

    test('keep their space in every run, or in those that ask for it', async () => {
      const { formerCopies, manifest } = at.store;
      const next = spaceRun('run-2');
      await formerCopies.joinRun(next);
      expect(await manifest.spaces(next, '', 10)).toEqual([]);
      await formerCopies.add(KEY, [copy('1')]);
      await formerCopies.settle(KEY, { spaceId: '7', partialKey: CURRENT });
      await formerCopies.joinRun(next, ['OPS']);
      expect(await manifest.spaces(next, '', 10)).toEqual([]);
      for (const spaceKeys of [undefined, ['ENG']]) await formerCopies.joinRun(next, spaceKeys);
      expect(await manifest.spaces(next, '', 10)).toEqual([expect.objectContaining({ spaceKey: 'ENG', spaceId: '7' })]);
    });

    test('are written by nobody who does not hold the space', async () => {
      const other = spaceRun('run-9');
      for (const work of [
        () => at.store.formerCopies.begin(other, KEYS, NOW),
        () => at.store.formerCopies.add(other, [copy('1')]),
        () => at.store.formerCopies.settle(other, { spaceId: '7', partialKey: CURRENT }),
      ]) {
        await expect(work()).rejects.toThrow(SupersededError);
      }
    });

    test('a space that is new gets its keys once', async () => {
      await at.store.spaces.setKeys(TENANT, 'OPS', '8', 'acme/8_OPS');
      await at.store.spaces.setKeys(TENANT, 'OPS', '8', '8_OPS');
      expect(await at.store.spaces.get(TENANT, 'OPS')).toMatchObject({ spaceId: '8', partialKey: 'acme/8_OPS' });
    });
  });
}
