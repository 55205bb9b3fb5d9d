import type { JudgedRemoval } from '../removals-api';
import { type MakeDatabase, withDatabase } from './database.contract';
import {
  attachment,
  discover,
  ingestedBefore,
  NOT_FORCED,
  NOW,
  page,
  spaceRun,
  TENANT,
  writerOf,
} from './rows.contract';

const SYNC = spaceRun('run-1');
const DRY = spaceRun('plan-1');
const BLOCKED = { fingerprint: 'f00d', reason: 'too much', deletions: 1, stored: 3 };
const judged = (itemKey: string, changed: Partial<JudgedRemoval> = {}): JudgedRemoval => ({
  itemKey,
  spaceId: '7',
  verdict: 'remove',
  why: 'unlabelled',
  isEmpty: false,
  lookedUpAt: NOW,
  ...changed,
});

export function describeDryRun(make: MakeDatabase): void {
  describe('a dry run', () => {
    const at = withDatabase(make);
    const begin = (run: string, isPlan: boolean) =>
      at.store.runs.begin({ tenant: TENANT, run, workflowId: 'w', startedAt: NOW, isPlan });

    beforeEach(async () => {
      await ingestedBefore(at.store, [page('1'), page('2'), page('3')]);
      await begin('plan-1', true);
      await discover(at.store, DRY, [page('1'), page('2', { version: 2, fingerprint: 'other' }), page('4')]);
    });

    test('W-65 is no sync: it is not listed, and it leaves nothing behind', async () => {
      await begin('run-1', false);
      expect((await at.store.runs.list(TENANT, 10)).map(({ run }) => run)).not.toContain('plan-1');
      await at.store.plan.compare(DRY, { ...NOT_FORCED, dryRun: true });
      await at.store.removals.addToDryPlan(DRY, [judged('3')]);
      await at.store.runs.drop(DRY);
      expect(await at.store.runs.get(DRY)).toBeUndefined();
      expect(await at.store.manifest.count(DRY)).toBe(0);
      expect(await at.store.removals.planned(DRY, 10)).toEqual([]);
      expect(await at.store.ledger.count(TENANT)).toMatchObject({ finalized: 3, unfinished: 0 });
    });

    test('takes no tombstone back and sets none', async () => {
      await discover(at.store, SYNC, [page('1')]);
      const writer = await writerOf(at.store, SYNC, 'attempt-1', 'removal');
      await at.store.removals.addToPlan(writer, [{ ...judged('2'), verdict: 'hold', tombstone: 'set' }], NOW);
      await at.store.plan.compare(DRY, { ...NOT_FORCED, dryRun: true });
      await at.store.removals.addToDryPlan(DRY, [judged('3', { verdict: 'hold' })]);
      const absent = [];
      for await (const chunk of at.store.removals.candidates(SYNC)) absent.push(...chunk);
      expect(absent.map(({ itemKey, absentSince }) => [itemKey, absentSince])).toEqual([
        ['2', NOW],
        ['3', undefined],
      ]);
    });

    test('W-23 shows what would go, and of that what is blocked; moves always go', async () => {
      await at.store.removals.addToDryPlan(DRY, [judged('3'), judged('2', { toSpace: 'OPS', why: 'moved' })]);
      const blocked = await at.store.removals.judgeDryPlan(DRY, () => BLOCKED, NOW);
      expect(blocked).toEqual(BLOCKED);
      expect(await at.store.removals.plannedTotals(DRY)).toEqual({ deleted: 0, moved: 1 });
      expect(await at.store.removals.planned(DRY, 10)).toEqual([
        { spaceKey: 'ENG', itemKey: '2', evidence: 'moved' },
        { spaceKey: 'ENG', itemKey: '3', evidence: 'unlabelled', isBlocked: true },
      ]);
      await at.store.runs.drop(DRY);
      expect(await at.store.removals.approvedSet(TENANT, 'ENG', 'f00d', NOW)).toEqual(['3']);
    });

    test('W-08 what all its spaces would remove is judged together, kept for an approval, and taken back but for moves', async () => {
      const { removals } = at.store;
      const there = spaceRun('plan-1', 'OPS');
      await ingestedBefore(at.store, [page('8'), page('9')], 'OPS');
      await removals.countStored(DRY, NOW);
      await removals.addToDryPlan(DRY, [judged('2', { toSpace: 'OPS' }), judged('3')]);
      await removals.addToDryPlan(there, [judged('8')]);
      for (const key of [DRY, there]) await removals.judgeDryPlan(key, () => undefined, NOW);

      let counts: object | undefined;
      const named = (spaceKey: string) => ({ ...BLOCKED, fingerprint: `of-${spaceKey}` });
      const held = await removals.judgeDryTogether(
        DRY,
        (seen, { spaceKey }) => {
          counts ??= seen;
          return named(spaceKey);
        },
        NOW,
      );
      expect(counts).toMatchObject({
        tenant: { done: 0, planned: 2, stored: 5 },
        emptiedSpaces: { done: 0, planned: 0, stored: 2 },
      });
      expect(held).toEqual(new Map(['ENG', 'OPS'].map((spaceKey) => [spaceKey, named(spaceKey)])));
      expect(await removals.approvedSet(TENANT, 'OPS', 'of-OPS', NOW)).toEqual(['8']);
      expect(await removals.plannedTotals(DRY)).toEqual({ deleted: 1, moved: 1 });

      for (let time = 1; time <= 2; time++) await removals.holdDry(DRY, held.keys());
      expect(await removals.plannedTotals(DRY)).toEqual({ deleted: 0, moved: 1 });
      expect(await removals.plannedTotals(there)).toEqual({ deleted: 0, moved: 0 });
    });

    test('leaves a set that a sync has just blocked to that sync', async () => {
      await begin('run-1', false);
      await discover(at.store, SYNC, [page('1'), page('2')]);
      const writer = await writerOf(at.store, SYNC, 'attempt-1', 'removal');
      await at.store.removals.addToPlan(writer, [{ ...judged('3'), tombstone: 'keep' }], NOW);
      await at.store.removals.release(writer, new Set(), () => BLOCKED, NOW);
      await at.store.removals.addToDryPlan(DRY, [judged('3')]);
      await at.store.removals.judgeDryPlan(DRY, () => BLOCKED, NOW + 1);
      expect(await at.store.removals.blockedOf(SYNC)).toEqual(BLOCKED);
    });

    test('W-10 counts what is stored for itself only: what a running sync has just ingested excuses nothing', async () => {
      await at.store.removals.countStored(DRY, NOW);
      await begin('run-1', false);
      let stored = { own: -1, others: -1 };
      const own = ({ space }: { readonly space: { readonly stored: number } }) =>
        void (stored = { ...stored, own: Math.max(stored.own, space.stored) });
      await at.store.removals.judgeDryPlan(DRY, own, NOW);
      const writer = await writerOf(at.store, SYNC, 'attempt-1', 'removal');
      const judge = ({ space }: { readonly space: { readonly stored: number } }) =>
        void (stored = { ...stored, others: space.stored });
      await at.store.removals.release(writer, new Set(), judge, NOW);
      expect(stored).toEqual({ own: 3, others: 0 });
    });

    test('finds nothing to do for items that a sync would take over', async () => {
      await at.store.plan.compare(DRY, { ...NOT_FORCED, dryRun: true });
      await at.store.plan.markUnchanged(DRY, ['4', '9']);
      expect(await at.store.plan.workload(DRY)).toMatchObject([{ spaceKey: 'ENG', pages: 1 }]);
      expect(await at.store.plan.changes(DRY)).toEqual([{ action: 'updated', why: 'edited', items: 1 }]);
    });

    test('says what there is to ingest, and why', async () => {
      const large = 2 * 1024 * 1024;
      await discover(at.store, DRY, [attachment('4', 'a', 100), attachment('4', 'b', large)]);
      await at.store.plan.compare(DRY, { ...NOT_FORCED, dryRun: true });
      expect(await at.store.plan.workload(DRY)).toEqual([
        { spaceKey: 'ENG', pages: 2, smallFiles: 1, largeFiles: 1, bytes: large + 100, needsScope: true },
      ]);
      expect(await at.store.plan.changes(DRY)).toEqual([
        { action: 'new', why: 'not in Unique yet', items: 3 },
        { action: 'updated', why: 'edited', items: 1 },
      ]);
    });

    test('one fingerprint names the blocked sets of several spaces, for seven days', async () => {
      await at.store.removals.addToDryPlan(DRY, [judged('3')]);
      await at.store.removals.judgeDryPlan(DRY, () => BLOCKED, NOW);
      await at.store.removals.keepBlockedGroup(TENANT, 'all', ['f00d', 'beef'], NOW);
      expect(await at.store.removals.blockedGroup(TENANT, 'all', NOW)).toEqual({ spaces: 2 });
      expect(await at.store.removals.approvedSet(TENANT, 'ENG', 'all', NOW)).toEqual(['3']);
      expect(await at.store.removals.approvedSet(TENANT, 'OPS', 'all', NOW)).toEqual([]);
      const later = NOW + 8 * 24 * 3_600_000;
      expect(await at.store.removals.blockedGroup(TENANT, 'all', later)).toEqual({ spaces: 0 });
      expect(await at.store.removals.approvedSet(TENANT, 'ENG', 'all', later)).toEqual([]);
    });
  });
}
