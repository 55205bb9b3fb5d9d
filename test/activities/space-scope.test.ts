import { Site, type StoredScope } from '../../sandbox';
import { type Activities, withActivities } from './with-activities';

const RUN = 'r1';

function siteWith(...keys: readonly string[]): Site {
  const site = new Site();
  for (const key of keys) {
    site.addSpace({ key });
    site.addPage({ spaceKey: key, title: `Page of ${key}`, body: '<p>x</p>', labels: ['ai-ingest'] });
  }
  return site;
}

/** Up to the point where spaces are handed out. */
async function discovered({ run, main, steps, tenant }: Activities) {
  const key = { tenant, run: RUN };
  await run(main.openTenant, { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() });
  await run(steps.discoverPages, { ...key, round: 1, request: {} });
  return run(steps.spacesWithWork, { ...key, after: '', limit: 200, request: {} });
}

/** The rest of one space; the failure, if it fails. */
async function ingested({ run, steps, tenant }: Activities, spaceKey: string) {
  const space = { tenant, run: RUN, spaceKey };
  const plan = run(steps.planSpace, { ...space, force: false }).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const failure = await plan;
  if (failure === undefined) await run(steps.ingestPages, { ...space, slice: 0 });
  return failure;
}

/** A scope below the root that the sync may use. */
function folder({ sandbox }: Activities, name: string, externalId?: string): StoredScope {
  const { unique } = sandbox;
  const added = unique.addScope({ name, parentId: unique.rootScopeId, ...(externalId ? { externalId } : {}) });
  unique.grant(added.id, 'MANAGE', 'READ', 'WRITE');
  return added;
}

const children = ({ sandbox: { unique } }: Activities): (readonly [string, string | undefined])[] =>
  unique
    .scopes()
    .filter(({ parentId }) => parentId === unique.rootScopeId)
    .map(({ name, externalId }) => [name, externalId] as const);
const markOf = ({ sandbox, tenant }: Activities, key: string): string =>
  `confc:${tenant}:${sandbox.site.space(key).id}:${key}`;
const scopeOfContents = ({ sandbox }: Activities): readonly string[] =>
  sandbox.unique.contents().map(({ scopeId }) => scopeId);

test('B-125 B-006 scopes of many spaces are made a hundred a request, access inherited, and marked', async () => {
  const keys = Array.from({ length: 120 }, (_, n) => `S${n}`);
  await withActivities({ flavor: 'data-center', site: siteWith(...keys) }, async (activities) => {
    const { sandbox, steps, run, tenant } = activities;
    await discovered(activities);
    expect(sandbox.requests.count('unique.generateScopes')).toBe(2);
    expect(children(activities)).toEqual(keys.sort().map((key) => [key, markOf(activities, key)]));
    expect(await ingested(activities, 'S7')).toBeUndefined();
    expect(sandbox.requests.count('unique.generateScopes')).toBe(2);
    // A second look finds them in the store.
    sandbox.requests.reset();
    await run(steps.spacesWithWork, { tenant, run: RUN, after: '', limit: 200, request: {} });
    expect(sandbox.requests.count()).toBe(0);
  });
});

test('W-25 a scope that was renamed is found by its mark, also when another folder has its old name', async () => {
  await withActivities({ flavor: 'data-center', site: siteWith('ENG') }, async (activities) => {
    const renamed = folder(activities, 'Engineering', markOf(activities, 'ENG'));
    folder(activities, 'ENG');
    await discovered(activities);
    expect(await ingested(activities, 'ENG')).toBeUndefined();
    expect(scopeOfContents(activities)).toEqual([renamed.id]);
    expect(children(activities)).toEqual([
      ['Engineering', markOf(activities, 'ENG')],
      ['ENG', undefined],
    ]);
    expect(activities.sandbox.requests.count('unique.updateScope')).toBe(1); // the root's claim
  });
});

test('W-25 a scope that somebody moved out of the root is found by its mark', async () => {
  await withActivities({ flavor: 'data-center', site: siteWith('ENG') }, async (activities) => {
    const { unique } = activities.sandbox;
    const moved = folder(activities, 'ENG', markOf(activities, 'ENG'));
    unique.changeScope(moved.id, { parentId: unique.parentScopeId });
    await discovered(activities);
    expect(await ingested(activities, 'ENG')).toBeUndefined();
    expect(scopeOfContents(activities)).toEqual([moved.id]);
    expect(children(activities)).toEqual([]);
  });
});

test.each([
  ['of another product', 'sharepoint:site:4'],
  ['of another instance', 'confc:cloud:0000'],
  ['of another tenant and space', 'confc:other:999999:ENG'],
])('W-25 a folder with the space’s name and a mark %s is not taken over; other spaces go on', async (_, mark) => {
  await withActivities({ flavor: 'data-center', site: siteWith('ENG', 'OPS') }, async (activities) => {
    const foreign = folder(activities, 'ENG', mark);
    await discovered(activities);
    const failure = await ingested(activities, 'ENG');
    expect(failure).toMatchObject({ type: 'SpaceScopeTakenError', nonRetryable: true });
    expect(failure?.message).toContain(foreign.id);
    expect(failure?.message).toContain(mark);
    expect(await ingested(activities, 'OPS')).toBeUndefined();
    expect(children(activities)).toEqual([
      ['ENG', mark],
      ['OPS', markOf(activities, 'OPS')],
    ]);
    expect(scopeOfContents(activities)).not.toContain(foreign.id);
  });
});

test('B-125 an unmarked folder of the space’s name is used, an old mark is rewritten, a right one is not written', async () => {
  await withActivities({ flavor: 'data-center', site: siteWith('ENG', 'OPS', 'HR') }, async (activities) => {
    const { site, requests } = activities.sandbox;
    const plain = folder(activities, 'ENG');
    const old = folder(activities, 'OPS', `confc:${site.space('OPS').id}:OPS`);
    folder(activities, 'HR', markOf(activities, 'HR'));
    await discovered(activities);
    for (const key of ['ENG', 'OPS', 'HR']) expect(await ingested(activities, key)).toBeUndefined();
    expect(children(activities)).toEqual(['ENG', 'OPS', 'HR'].map((key) => [key, markOf(activities, key)]));
    expect(scopeOfContents(activities)).toEqual(expect.arrayContaining([plain.id, old.id]));
    expect(requests.count('unique.generateScopes')).toBe(0);
    expect(requests.count('unique.updateScope')).toBe(3); // root, ENG, OPS
  });
});

test('W-25 a folder that Unique makes elsewhere, because two have the root’s path, is refused', async () => {
  await withActivities({ flavor: 'data-center', site: siteWith('ENG') }, async (activities) => {
    const { unique } = activities.sandbox;
    // The root now lies below a younger folder of its former parent's name: names lead to its twin.
    const twin = unique.addScope({ name: 'Confluence', parentId: unique.parentScopeId });
    unique.grant(twin.id, 'MANAGE', 'READ', 'WRITE');
    unique.changeScope(unique.rootScopeId, { parentId: unique.addScope({ name: 'Knowledge' }).id });
    await discovered(activities);
    expect(await ingested(activities, 'ENG')).toMatchObject({ type: 'SpaceScopeMisplacedError', nonRetryable: true });
    expect(unique.contents()).toEqual([]);
  });
});

test('a batch of scopes that Unique refuses is left to each space', async () => {
  await withActivities({ flavor: 'data-center', site: siteWith('ENG', 'OPS') }, async (activities) => {
    const { faults } = activities.sandbox;
    const refused = faults.add({
      route: 'unique.generateScopes',
      kind: 'graphql-error',
      message: 'too many',
      times: 1,
    });
    await discovered(activities);
    expect(refused.hits).toBe(1);
    expect(children(activities)).toEqual([]);
    for (const key of ['ENG', 'OPS']) expect(await ingested(activities, key)).toBeUndefined();
    expect(children(activities)).toEqual(['ENG', 'OPS'].map((key) => [key, markOf(activities, key)]));
  });
});

test('a scope that somebody deleted in Unique is made again', async () => {
  await withActivities({ flavor: 'data-center', site: siteWith('ENG', 'OPS') }, async (activities) => {
    const { unique } = activities.sandbox;
    await discovered(activities);
    const made = unique.scopes().find(({ name }) => name === 'ENG');
    unique.removeScope(made?.id ?? '');
    expect(await ingested(activities, 'ENG')).toBeUndefined();
    expect(children(activities)).toContainEqual(['ENG', markOf(activities, 'ENG')]);
    expect(unique.contents()).toHaveLength(1);
  });
});
