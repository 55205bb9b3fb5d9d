import { type MakeDatabase, withDatabase } from './database.contract';
import { NOW, TENANT } from './rows.contract';

export function describeSpaces(make: MakeDatabase): void {
  describe('what is known of a space', () => {
    const at = withDatabase(make);

    test('is its scope and when it was compared, in whatever order they come', async () => {
      expect(await at.store.spaces.get(TENANT, 'ENG')).toBeUndefined();
      await at.store.spaces.setScope(TENANT, 'ENG', '7', 'scope-1');
      expect(await at.store.spaces.get(TENANT, 'ENG')).toEqual({
        tenant: TENANT,
        spaceKey: 'ENG',
        spaceId: '7',
        scopeId: 'scope-1',
      });
      await at.store.spaces.setCompared(TENANT, 'OPS', '8', NOW);
      await at.store.spaces.setScope(TENANT, 'OPS', '8', 'scope-2');
      await at.store.spaces.setCompared(TENANT, 'ENG', '7', NOW + 1);
      await at.reopen();
      expect(await at.store.spaces.get(TENANT, 'ENG')).toMatchObject({ scopeId: 'scope-1', comparedAt: NOW + 1 });
      expect(await at.store.spaces.get(TENANT, 'OPS')).toMatchObject({ scopeId: 'scope-2', comparedAt: NOW });
      expect(await at.store.spaces.get('other', 'ENG')).toBeUndefined();
    });

    test('is forgotten when its key is given to another space', async () => {
      await at.store.spaces.setScope(TENANT, 'ENG', '7', 'scope-1');
      await at.store.spaces.setCompared(TENANT, 'ENG', '7', NOW);
      await at.store.spaces.setScope(TENANT, 'ENG', '9', 'scope-9');
      expect(await at.store.spaces.get(TENANT, 'ENG')).toEqual({
        tenant: TENANT,
        spaceKey: 'ENG',
        spaceId: '9',
        scopeId: 'scope-9',
      });
      await at.store.spaces.setCompared(TENANT, 'ENG', '10', NOW);
      expect(await at.store.spaces.get(TENANT, 'ENG')).toEqual({
        tenant: TENANT,
        spaceKey: 'ENG',
        spaceId: '10',
        comparedAt: NOW,
      });
    });

    test('is noted per tenant', async () => {
      await at.store.spaces.setNote(TENANT, 'root-path', '/a');
      await at.store.spaces.setNote(TENANT, 'root-path', '/b');
      expect(await at.store.spaces.note(TENANT, 'root-path')).toBe('/b');
      expect(await at.store.spaces.note('other', 'root-path')).toBeUndefined();
    });
  });

  describe('a store', () => {
    const at = withDatabase(make);

    test('keeps its identity, and has another one than any other', async () => {
      const { identity } = at.store;
      const another = await make();
      await at.reopen();
      expect(at.store.identity).toBe(identity);
      expect(another.store.identity).not.toBe(identity);
      await another.drop();
    });
  });
}
