import type { FaultRule, StoredScope } from '../../sandbox';
import { type Activities, withActivities } from './with-activities';

const ALL = ['MANAGE', 'READ', 'WRITE'] as const;

/** `openTenant` of one run after the other; `undefined` when it went well. */
function opener({ run, main, tenant }: Activities) {
  let runs = 0;
  return async (): Promise<{ readonly type?: string; readonly message: string } | undefined> => {
    const input = { tenant, run: `r${++runs}`, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() };
    return run(main.openTenant, input).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  };
}

const markOf = ({ sandbox }: Activities): string => {
  const { cloudId } = sandbox.tenantConfig()['confluence'] as { readonly cloudId: string };
  return `confc:cloud:${cloudId}`;
};

/** A root that an earlier `ingestion.scopeId` named, with the tenant's space scopes and what others put there. */
function formerRoot(activities: Activities, spaces: number) {
  const { sandbox, tenant } = activities;
  const { unique } = sandbox;
  const add = (scope: Parameters<typeof unique.addScope>[0]): StoredScope => {
    const added = unique.addScope(scope);
    unique.grant(added.id, ...ALL);
    return added;
  };
  const root = add({ name: 'Former', parentId: unique.parentScopeId, externalId: markOf(activities) });
  const ours = Array.from({ length: spaces }, (_, n) =>
    add({ name: `S${n}`, parentId: root.id, externalId: `confc:${tenant}:${n}:S${n}` }),
  );
  const foreign = add({ name: 'Notes', parentId: root.id });
  const unparseable = add({ name: 'Old', parentId: root.id, externalId: 'confc:a:b' });
  return { root, ours, others: [foreign, unparseable] };
}

const parents = ({ sandbox }: Activities, scopes: readonly StoredScope[]): (string | undefined)[] =>
  scopes.map(({ id }) => sandbox.unique.scope(id)?.parentId);

describe('the root scope', () => {
  test('B-121 W-66 is opened to the service user where it cannot be read, once; a second run grants nothing', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { sandbox, store, tenant } = activities;
      const open = opener(activities);
      expect(await open()).toBeUndefined();
      // The root and the folder above it.
      expect(sandbox.requests.count('unique.grant')).toBe(2);
      expect(sandbox.unique.scope(sandbox.unique.rootScopeId)?.externalId).toBe(markOf(activities));
      expect(await store.spaces.note(tenant, 'root-path')).toBe('/Knowledge/Confluence');
      sandbox.requests.reset();
      expect(await open()).toBeUndefined();
      expect(sandbox.requests.count('unique.grant')).toBe(0);
      expect(sandbox.requests.count('unique.updateScope')).toBe(0);
      expect(sandbox.requests.count('unique.scopes')).toBe(2);
    });
  });

  test('W-66 that can be read needs no grant, also where grants are refused', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique, faults } = activities.sandbox;
      for (const id of [unique.rootScopeId, unique.parentScopeId]) unique.grant(id, ...ALL);
      const grants = faults.add({ route: 'unique.grant', kind: 'status', status: 403 });
      expect(await opener(activities)()).toBeUndefined();
      expect(grants.hits).toBe(0);
    });
  });

  test('B-121 that can be read but not changed is granted when it is claimed', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique } = activities.sandbox;
      for (const id of [unique.rootScopeId, unique.parentScopeId]) unique.grant(id, 'READ');
      expect(await opener(activities)()).toBeUndefined();
      expect(unique.scope(unique.rootScopeId)?.externalId).toBe(markOf(activities));
    });
  });

  test('B-120 that is not there is refused, and so is one whose parent is not', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique } = activities.sandbox;
      const open = opener(activities);
      unique.changeScope(unique.rootScopeId, { parentId: 'scope_gone' });
      expect(await open()).toMatchObject({ type: 'RootScopeMissingError', nonRetryable: true });
      unique.removeScope(unique.rootScopeId);
      expect(await open()).toMatchObject({ type: 'RootScopeMissingError', nonRetryable: true });
    });
  });

  test('B-124 of another instance is refused and stays as it is', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique, requests } = activities.sandbox;
      unique.changeScope(unique.rootScopeId, { externalId: 'confc:cloud:another' });
      expect(await opener(activities)()).toMatchObject({ type: 'RootOwnedByOtherError', nonRetryable: true });
      expect(unique.scope(unique.rootScopeId)?.externalId).toBe('confc:cloud:another');
      expect(requests.count('unique.updateScope')).toBe(0);
    });
  });

  test('B-123 without a mark is claimed, and an answer that names another ends the run', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique, faults } = activities.sandbox;
      const open = opener(activities);
      const { rootScopeId: id } = unique;
      const updateScope = { id, name: 'Confluence', parentId: null, externalId: 'confc:cloud:another' };
      const answer = { status: 200, contentType: 'application/json', body: { data: { updateScope } } } as const;
      const taken = faults.add({ route: 'unique.updateScope', kind: 'status', ...answer });
      expect(await open()).toMatchObject({ type: 'RootOwnedByOtherError', nonRetryable: true });
      taken.remove();
      const refused = faults.add({
        route: 'unique.updateScope',
        kind: 'graphql-error',
        message: 'no',
        code: 'FORBIDDEN',
      });
      expect(await open()).toMatchObject({ nonRetryable: true, details: [{ step: 'root' }] });
      refused.remove();
      expect(unique.scope(id)?.externalId).toBeUndefined();
      expect(await open()).toBeUndefined();
      expect(unique.scope(id)?.externalId).toBe(markOf(activities));
    });
  });

  test('B-122 B-008 learns its path from the top, however deep it lies', async () => {
    await withActivities({ flavor: 'data-center' }, async (activities) => {
      const { unique } = activities.sandbox;
      const middle = unique.addScope({ name: 'Middle', parentId: unique.parentScopeId });
      unique.changeScope(unique.rootScopeId, { parentId: middle.id });
      expect(await opener(activities)()).toBeUndefined();
      expect(await activities.store.spaces.note(activities.tenant, 'root-path')).toBe('/Knowledge/Middle/Confluence');
      expect(unique.scope(unique.rootScopeId)?.externalId).toMatch(/^confc:data-center:.+/);
    });
  });
});

describe('another root scope', () => {
  test('B-123 B-127 W-24 gets the tenant’s space scopes; the former one loses its mark and stays, with what is not ours', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique, requests } = activities.sandbox;
      const { root, ours, others } = formerRoot(activities, 45);
      expect(await opener(activities)()).toBeUndefined();
      expect(new Set(parents(activities, ours))).toEqual(new Set([unique.rootScopeId]));
      expect(new Set(parents(activities, others))).toEqual(new Set([root.id]));
      expect(unique.scope(root.id)).toMatchObject({ id: root.id, externalId: undefined });
      expect(unique.scope(unique.rootScopeId)?.externalId).toBe(markOf(activities));
      expect(requests.count('unique.bulkMove')).toBe(3);
      expect(requests.count('unique.deleteFolder')).toBe(0);
    });
  });

  const INTERRUPTIONS: readonly (readonly [string, FaultRule])[] = [
    ['before anything moved', { route: 'unique.bulkMove', kind: 'drop', times: 1 }],
    ['when some have moved', { route: 'unique.bulkMove', kind: 'drop', after: 1, times: 1 }],
    ['after a move without an answer', { route: 'unique.bulkMove', kind: 'drop-after', after: 1, times: 1 }],
    ['when all have moved', { route: 'unique.updateScope', kind: 'drop', times: 1 }],
    ['after the former root was unmarked', { route: 'unique.updateScope', kind: 'drop-after', times: 1 }],
    ['before the claim', { route: 'unique.updateScope', kind: 'drop', after: 1, times: 1 }],
    ['after a claim without an answer', { route: 'unique.updateScope', kind: 'drop-after', after: 1, times: 1 }],
    ['by a refusal', { route: 'unique.bulkMove', kind: 'graphql-error', message: 'busy', after: 2, times: 1 }],
  ];
  test.each(INTERRUPTIONS)('W-24 is finished by the next run when it broke off %s', async (_, fault) => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique, faults } = activities.sandbox;
      const { root, ours, others } = formerRoot(activities, 45);
      const open = opener(activities);
      const broken = faults.add(fault);
      expect(await open()).toBeDefined();
      expect(broken.hits).toBe(1);
      // Nothing is out of sight: each of them lies below one of the two, and one of the two is ours or nobody's.
      for (const parent of parents(activities, ours)) expect([root.id, unique.rootScopeId]).toContain(parent);
      expect(await open()).toBeUndefined();
      expect(new Set(parents(activities, ours))).toEqual(new Set([unique.rootScopeId]));
      expect(new Set(parents(activities, others))).toEqual(new Set([root.id]));
      expect(unique.scope(root.id)).toMatchObject({ externalId: undefined });
      expect(unique.scope(unique.rootScopeId)?.externalId).toBe(markOf(activities));
      expect(unique.scopes()).toHaveLength(2 + 1 + 45 + 2);
    });
  });

  test('B-127 moves nothing where the former root holds nothing of ours', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { root } = formerRoot(activities, 0);
      expect(await opener(activities)()).toBeUndefined();
      expect(activities.sandbox.requests.count('unique.bulkMove')).toBe(0);
      expect(activities.sandbox.unique.scope(root.id)?.externalId).toBeUndefined();
    });
  });

  test('W-17 W-24 of a tenant that was renamed at the same time is refused before anything moves', async () => {
    await withActivities({ flavor: 'cloud' }, async (activities) => {
      const { unique, requests } = activities.sandbox;
      const { root, ours } = formerRoot(activities, 3);
      unique.changeScope(ours[1]?.id ?? '', { externalId: 'confc:before:1:S1' });
      const failure = await opener(activities)();
      expect(failure).toMatchObject({ type: 'FormerRootOfOtherTenantError', nonRetryable: true });
      expect(failure?.message).toContain(root.id);
      expect(failure?.message).toContain('"before"');
      expect(requests.count('unique.bulkMove')).toBe(0);
      expect(unique.scope(root.id)?.externalId).toBe(markOf(activities));
    });
  });
});
