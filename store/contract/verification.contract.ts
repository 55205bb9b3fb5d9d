import { type MakeDatabase, withDatabase } from './database.contract';
import { discover, finalized, ingest, NOT_FORCED, NOW, page, spaceRun, TENANT, writerOf } from './rows.contract';

const KEY = spaceRun();
const NEXT = spaceRun('run-2');
const FAILED = { itemKey: '2', message: 'FAILED_PARSING' };

export function describeVerification(make: MakeDatabase): void {
  describe('verification', () => {
    const at = withDatabase(make);
    const open = () => at.store.verifications.items(TENANT, 'ENG', '', 10);

    beforeEach(async () => {
      await discover(at.store, KEY, [page('1'), page('2'), page('3')]);
      await ingest(at.store, await writerOf(at.store, KEY), [page('1'), page('2'), page('3')]);
    });

    test('W-21 is open for what was finalized, until somebody saw it finished', async () => {
      expect(await at.store.verifications.spaces(TENANT)).toEqual([{ spaceKey: 'ENG' }]);
      expect((await open()).map(({ itemKey }) => itemKey)).toEqual(['1', '2', '3']);
      expect(await at.store.verifications.counts(KEY)).toEqual({ pending: 3, failed: 0 });
      await at.store.verifications.confirm(TENANT, 'ENG', ['1'], NOW);
      expect((await open()).map(({ itemKey }) => itemKey)).toEqual(['2', '3']);
      await at.store.verifications.confirmAll(TENANT, 'ENG', NOW);
      expect(await at.store.verifications.spaces(TENANT)).toEqual([]);
    });

    test('leaves open what was finalized again after the look', async () => {
      await at.store.verifications.confirmAll(TENANT, 'ENG', NOW - 1);
      expect(await open()).toHaveLength(3);
    });

    test('W-21 of a content that failed makes the next run try it once more, and no other, for each version', async () => {
      await at.store.verifications.confirm(TENANT, 'ENG', ['1', '3'], NOW);
      await at.store.verifications.recordFailed(KEY, [FAILED], NOW, NOW);
      expect(await at.store.verifications.counts(KEY)).toEqual({ pending: 0, failed: 1 });
      expect(await at.store.runs.failures(KEY, 10)).toEqual([expect.objectContaining({ ...FAILED, step: 'verify' })]);

      await discover(at.store, NEXT, [page('1'), page('2'), page('3')]);
      const compare = () => at.store.plan.compare(NEXT, NOT_FORCED);
      expect(await compare()).toMatchObject({ new: 0, updated: 1, unchanged: 2 });
      await at.store.leases.releaseSpace(KEY);
      const writer = await writerOf(at.store, NEXT);
      const again = async (version: number, fingerprint: string) => {
        const row = page('2', { version, fingerprint });
        await at.store.ledger.announce(writer, [{ itemKey: '2', isNew: false }], NOW);
        await at.store.ledger.recordFinalized(writer, [finalized(row)], NOW);
        await at.store.verifications.recordFailed(NEXT, [FAILED], NOW, NOW);
      };
      await again(1, 'print-2');
      expect(await compare()).toMatchObject({ updated: 0 });
      await again(2, 'print-2b');
      expect(await compare()).toMatchObject({ updated: 1 });
    });
  });
}
