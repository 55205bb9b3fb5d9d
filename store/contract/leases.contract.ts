import { SupersededError } from '../store';
import { type MakeDatabase, withDatabase } from './database.contract';
import { LEASE_MS, NOW, report, spaceRun, TENANT, writerOf } from './rows.contract';

export function describeLeases(make: MakeDatabase): void {
  describe('a lease', () => {
    const at = withDatabase(make);
    const hold = (run: string, now: number, spaceKey = 'ENG', tenant = TENANT) =>
      at.store.leases.holdSpace(spaceRun(run, spaceKey, tenant), now, LEASE_MS);

    test('belongs to one run until it ends, and is renewed by that run', async () => {
      expect(await hold('a', NOW)).toEqual({ held: true });
      expect(await hold('b', NOW + 1)).toEqual({ held: false, owner: 'a', until: NOW + LEASE_MS });
      expect(await hold('a', NOW + 10)).toEqual({ held: true });
      expect(await hold('b', NOW + LEASE_MS)).toEqual({ held: false, owner: 'a', until: NOW + 10 + LEASE_MS });
      expect(await hold('b', NOW + 10 + LEASE_MS)).toEqual({ held: true });
      expect(await hold('a', NOW + 11 + LEASE_MS)).toMatchObject({ held: false, owner: 'b' });
    });

    test('is given back by its owner only', async () => {
      await hold('a', NOW);
      await at.store.leases.releaseSpace(spaceRun('b'));
      expect(await hold('b', NOW)).toMatchObject({ held: false });
      await at.store.leases.releaseSpace(spaceRun('a'));
      await at.store.leases.releaseSpace(spaceRun('a'));
      expect(await hold('b', NOW)).toEqual({ held: true });
    });

    test('is given back with the others when its run ends, whatever is left of that run', async () => {
      const begun = { workflowId: 'sync/acme', startedAt: NOW };
      for (const run of ['a', 'b']) await at.store.runs.begin({ ...spaceRun(run), ...begun });
      await hold('a', NOW);
      await hold('a', NOW, 'OPS');
      await hold('b', NOW, 'HR');
      const zombie = await writerOf(at.store, spaceRun('a'));
      await at.store.runs.end(spaceRun('a'), report('a', { outcome: 'cancelled' }), NOW);
      expect([await hold('c', NOW), await hold('c', NOW, 'OPS')]).toEqual([{ held: true }, { held: true }]);
      expect(await hold('c', NOW, 'HR')).toMatchObject({ held: false, owner: 'b' });
      await expect(at.store.ledger.announce(zombie, [{ itemKey: '1', isNew: true }], NOW)).rejects.toThrow(
        SupersededError,
      );
    });

    test('is renewed while the run holds it, and never taken again by what is left of a run that lost it', async () => {
      await hold('a', NOW);
      await at.store.leases.renewSpace(spaceRun('a'), NOW + 10, LEASE_MS);
      await at.store.leases.renewSpace(spaceRun('b'), NOW + 20, LEASE_MS);
      expect(await hold('b', NOW + LEASE_MS)).toEqual({ held: false, owner: 'a', until: NOW + 10 + LEASE_MS });
      await at.store.leases.releaseSpaces(spaceRun('a'));
      await at.store.leases.renewSpace(spaceRun('a'), NOW + 20, LEASE_MS);
      expect(await hold('b', NOW + 20)).toEqual({ held: true });
    });

    test('of a former run of the same workflow is found while that run has not ended', async () => {
      const begin = (run: string, workflowId: string, tenant = TENANT) =>
        at.store.runs.begin({ tenant, run, workflowId, startedAt: NOW });
      for (const run of ['terminated', 'idle', 'ended', 'now']) await begin(run, 'sync/acme');
      await begin('alone', 'sync/acme/HR');
      await begin('else', 'sync/acme', 'other');
      await hold('terminated', NOW);
      await hold('terminated', NOW, 'OPS');
      await hold('now', NOW, 'NOW');
      await hold('alone', NOW, 'HR');
      await hold('else', NOW, 'ENG', 'other');
      await at.store.runs.end(spaceRun('ended'), report('ended'), NOW);
      await hold('ended', NOW, 'LATE');
      expect(await at.store.leases.formerHolders(spaceRun('now'), 'sync/acme')).toEqual(['terminated']);
      await at.store.leases.releaseSpaces(spaceRun('terminated'));
      expect(await at.store.leases.formerHolders(spaceRun('now'), 'sync/acme')).toEqual([]);
      expect([await hold('now', NOW), await hold('now', NOW, 'OPS')]).toEqual([{ held: true }, { held: true }]);
      expect(await hold('now', NOW, 'HR')).toMatchObject({ held: false });
    });

    test('is of one space of one tenant', async () => {
      await hold('a', NOW);
      expect(await hold('b', NOW, 'OPS')).toEqual({ held: true });
      expect(await hold('b', NOW, 'ENG', 'other')).toEqual({ held: true });
    });

    test('W-34 is taken by one of many that want it at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 ? at.store : at.other).leases.holdSpace(spaceRun(`run-${i}`), NOW, LEASE_MS),
        ),
      );
      expect(answers.filter(({ held }) => held)).toHaveLength(1);
    });

    test('confirms the attempt that has the slice, and no other', async () => {
      const writer = (attempt: string, run = 'a') => ({ ...spaceRun(run), slice: 'page/0', attempt });
      await hold('a', NOW);
      await at.store.leases.claimSlice(writer('first'), NOW);
      await at.store.leases.confirm(writer('first'));
      await at.other.leases.claimSlice(writer('second'), NOW);
      await expect(at.store.leases.confirm(writer('first'))).rejects.toThrow(SupersededError);
      await at.store.leases.confirm(writer('second'));
      await hold('b', NOW + LEASE_MS);
      await expect(at.store.leases.confirm(writer('second'))).rejects.toThrow(SupersededError);
    });

    test('outlives a restart', async () => {
      await hold('a', NOW);
      await at.reopen();
      expect(await hold('b', NOW)).toMatchObject({ held: false, owner: 'a' });
    });
  });
}
