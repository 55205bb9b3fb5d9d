import type { ApplicationFailure } from '@temporalio/common';
import { generateSite } from '../../sandbox';
import { type Activities, withActivities } from './with-activities';

const site = () =>
  generateSite({ spaces: 1, pagesPerSpace: 45, attachmentEvery: 0, bodyBytes: 100, attachmentBytes: 10, seed: 5 });
const opening = (tenant: string, run: string) => ({
  tenant,
  run,
  workflowId: `sync/${tenant}`,
  startedAt: new Date().toISOString(),
});

/** All pages in Unique and in the ledger; then the removal is begun. */
async function opened({ run, main, steps, tenant }: Activities) {
  const key = { tenant, run: 'sync' };
  await run(main.openTenant, opening(tenant, 'sync'));
  await run(steps.discoverPages, { ...key, round: 1, request: {} });
  const { spaceKeys } = await run(steps.spacesWithWork, { ...key, after: '', limit: 10, request: {} });
  const synced = { ...key, spaceKey: spaceKeys[0] ?? '' };
  await run(steps.discoverSpace, { ...synced, round: 1 });
  await run(steps.planSpace, { ...synced, force: false });
  await run(steps.ingestPages, { ...synced, slice: 0 });
  await run(steps.closeSpace, synced);
  await run(main.closeRun, { ...opening(tenant, 'sync') });
  expect(await run(main.openDeletion, opening(tenant, 'removal'))).not.toHaveProperty('nothingToDo');
  const { spaces } = await run(steps.spacesToDelete, { tenant, run: 'removal', after: '', limit: 10 });
  const [space] = spaces;
  if (space === undefined) throw new Error('it found no space');
  return { synced, removal: { tenant, run: 'removal', ...space } };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as ApplicationFailure,
  );

test('B-183 a removal that dies between request and record goes on, and the store forgets the tenant last', async () => {
  await withActivities({ flavor: 'data-center', site: site() }, async (activities) => {
    const { sandbox, run, main, steps, store, tenant } = activities;
    const { removal } = await opened(activities);
    sandbox.faults.add({ route: 'unique.contents', kind: 'status', status: 503, after: 1, times: 1 });
    await failureOf(run(steps.deleteContents, removal));
    expect(sandbox.unique.contents().length).toBeLessThan(45);
    expect(await store.ledger.count(tenant)).toMatchObject({ finalized: 0, unfinished: 45 });

    expect(await run(steps.deleteContents, removal, 2)).toEqual({ finished: true, left: 0 });
    await run(steps.closeDeletedSpace, { ...removal, left: 0 });
    await run(steps.closeDeletedSpace, { ...removal, left: 0 }, 2);
    expect(await store.tenants.countRemoved(removal)).toBe(45);
    expect(sandbox.unique.removals).toHaveLength(45);
    expect(await run(steps.releaseRoot, removal)).toEqual({ released: true });
    expect(await run(main.closeRun, { ...opening(tenant, 'removal'), purpose: 'deletion' })).toMatchObject({
      purpose: 'deletion',
      outcome: 'succeeded',
      totals: { deleted: 45 },
    });
    expect(await store.tenants.spaces(tenant)).toEqual([]);
    expect(await store.spaces.note(tenant, 'root-path')).toBeUndefined();
    expect((await store.runs.list(tenant, 5)).map((row) => row.run)).toContain('removal');
  });
});

test('a removal waits while a registration of a sync that was cut off may still arrive', async () => {
  await withActivities({ flavor: 'data-center', site: site() }, async (activities) => {
    const { sandbox, run, steps, store } = activities;
    const { synced, removal } = await opened(activities);
    const zombie = { ...synced, run: 'dead', slice: 'page/0', attempt: 'dead/1' };
    await store.leases.holdSpace(zombie, Date.now(), 60_000);
    const held = await failureOf(run(steps.deleteContents, removal));
    expect(held).toMatchObject({ type: 'SpaceHeldError', nonRetryable: false });
    const page = await store.ledger.count(removal.tenant);
    expect(page.finalized).toBe(45);

    await announce(activities, zombie);
    await store.leases.releaseSpace(zombie);
    const waits = await failureOf(run(steps.deleteContents, removal));
    expect(waits).toMatchObject({ type: 'RegistrationOnItsWayError', nonRetryable: false });
    expect(Number(waits.nextRetryDelay)).toBeGreaterThan(500_000);
    expect(sandbox.unique.contents()).toHaveLength(45);
  });
});

/** As a slice of a run that died right behind it. */
async function announce({ store }: Activities, zombie: Parameters<Activities['store']['leases']['claimSlice']>[0]) {
  await store.runs.begin({ ...zombie, workflowId: 'sync/x', startedAt: Date.now() });
  await store.discoveries.addPage(zombie, 'search', [{ ...ROW, spaceKey: zombie.spaceKey }], undefined);
  await store.plan.compare(zombie, { force: true, doubtBefore: 0 });
  await store.leases.claimSlice(zombie, Date.now());
  await store.ledger.announce(zombie, [{ itemKey: ROW.itemKey, isNew: true }], Date.now());
}

const ROW = {
  spaceId: '1',
  spaceName: 'x',
  itemKey: '99999',
  kind: 'page',
  pageId: '99999',
  pageType: 'page',
  title: 'x',
  version: 1,
  updatedAtIso: '2026-11-24T10:00:00.000Z',
  url: 'https://x',
  fingerprint: 'f',
  isRoot: false,
  hasMoreAttachments: false,
} as const;

test('a file that is gone leaves what the ledger knows to the preview, and nobody else', async () => {
  await withActivities({ flavor: 'data-center', site: site() }, async (activities) => {
    await opened(activities);
    const preview = await activities.withoutFile((reads) => reads.previewDeletion({ tenant: activities.tenant }));
    expect(preview).toMatchObject({ root: { state: 'unknown' }, contents: 45, spacesTotal: 1 });
    expect(preview.message).toContain('its tenant file is gone');
    const unknown = activities.withoutFile((reads) => reads.previewDeletion({ tenant: 'nobody' }));
    expect(await failureOf(unknown)).toMatchObject({ type: 'UnknownTenantError' });
  });
});
