import { type MakeDatabase, withDatabase } from './database.contract';
import { NOW, TENANT } from './rows.contract';

export function describeTenants(make: MakeDatabase): void {
  describe('a tenant that is removed', () => {
    const at = withDatabase(make);
    const key = { tenant: TENANT, run: 'removal', spaceKey: 'ENG' };
    const writer = { ...key, slice: 'deletion', attempt: 'a1' };
    const item = (itemKey: string) =>
      ({
        itemKey,
        spaceId: '7',
        verdict: 'remove',
        why: 'w',
        isEmpty: false,
        lookedUpAt: NOW,
        isApproved: true,
      }) as const;

    async function begin(): Promise<void> {
      const { store } = at;
      await store.runs.begin({ ...key, workflowId: 'sync/acme', startedAt: NOW });
      await store.leases.holdSpace(key, NOW, 60_000);
      await store.leases.claimSlice(writer, NOW);
    }

    test('has its spaces from the ledger and from what is known of spaces, once for each id', async () => {
      const { store } = at;
      await begin();
      await store.removals.announce(writer, [item('1'), item('2')], NOW, 0);
      await store.spaces.setScope(TENANT, 'ENG', '9', 'scope-9');
      await store.spaces.setScope(TENANT, 'OPS', '8', 'scope-8');
      await store.spaces.setScope('other', 'HR', '1', 'scope-1');
      expect(await store.tenants.spaces(TENANT)).toEqual([
        { spaceKey: 'ENG', spaceId: '7', contents: 2 },
        { spaceKey: 'ENG', spaceId: '9', contents: 0 },
        { spaceKey: 'OPS', spaceId: '8', contents: 0 },
      ]);
    });

    test('keeps what dead attempts removed in its history, and is not in doubt about its own removals', async () => {
      const { store } = at;
      await begin();
      await store.removals.announce(writer, [item('1'), item('2')], NOW, 0);
      await store.removals.recordRemoved(writer, [{ ...item('1'), wasThere: true }], NOW, 0);
      expect(await store.tenants.countRemoved(key)).toBe(1);
      for (let time = 0; time < 2; time++) await store.tenants.settleRemoved(key, 'the tenant was removed', NOW);
      expect(await store.tenants.countRemoved(key)).toBe(2);
      expect(await store.tenants.lastRegistration(TENANT, 'ENG')).toBeUndefined();
      await expect(store.tenants.settleRemoved({ ...key, run: 'other' }, 'w', NOW)).rejects.toThrow('does not hold');
    });

    test('is forgotten, but for its runs and the history of its removals; others are not', async () => {
      const { store } = at;
      await begin();
      await store.removals.announce(writer, [item('1')], NOW, 0);
      await store.tenants.settleRemoved(key, 'w', NOW);
      for (const tenant of [TENANT, 'other']) {
        await store.spaces.setScope(tenant, 'ENG', '7', 'scope-7');
        await store.spaces.setNote(tenant, 'root-path', '/a');
      }
      for (let time = 0; time < 2; time++) await store.tenants.forget(TENANT);
      await at.reopen();
      expect(await at.store.tenants.spaces(TENANT)).toEqual([]);
      expect(await at.store.spaces.note(TENANT, 'root-path')).toBeUndefined();
      expect(await at.store.spaces.note('other', 'root-path')).toBe('/a');
      expect(await at.store.tenants.spaces('other')).toHaveLength(1);
      expect(await at.store.runs.get(key)).toBeDefined();
      expect(await at.store.tenants.countRemoved(key)).toBe(1);
    });
  });
}
