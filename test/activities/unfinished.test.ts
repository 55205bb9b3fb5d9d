import { generateSite } from '../../sandbox';
import { expectedItems, storedItems } from '../end-to-end/expected';
import { type Activities, withActivities } from './with-activities';

const SITE = { spaces: 1, pagesPerSpace: 8, attachmentEvery: 0, bodyBytes: 300, attachmentBytes: 100, seed: 5 };

/** The steps of one run of the only space up to its slice. */
async function syncOnce({ run, main, steps, tenant }: Activities, name: string) {
  const key = { tenant, run: name };
  await run(main.openTenant, { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() });
  await run(steps.discoverPages, { ...key, round: 1, request: {} });
  const space = { ...key, spaceKey: 'S0001' };
  await run(steps.discoverSpace, { ...space, round: 1 });
  await run(steps.planSpace, { ...space, force: false });
  const result = await run(steps.ingestPages, { ...space, slice: 0 });
  await run(steps.closeSpace, space);
  return result;
}

test('W-01 W-19 W-45 a registration without a finalization is a failure, unfinished work, and finished by the next run', async () => {
  await withActivities({ flavor: 'data-center', site: generateSite(SITE) }, async (activities) => {
    const { sandbox, store, tenant } = activities;
    // The registration of the batch passes, its finalization does not.
    const fault = sandbox.faults.add({ route: 'unique.upsert', kind: 'status', status: 500, after: 1, times: 1 });
    expect(await syncOnce(activities, 'r1')).toEqual({ finished: true, ingested: 0, failed: 8 });
    expect(await store.ledger.count(tenant)).toMatchObject({ finalized: 0, unfinished: 8 });
    expect(storedItems(sandbox).size).toBe(0);
    fault.remove();
    expect(await syncOnce(activities, 'r2')).toEqual({ finished: true, ingested: 8, failed: 0 });
    expect(await store.ledger.count(tenant)).toMatchObject({ finalized: 8, unfinished: 0 });
    expect([...storedItems(sandbox).keys()].sort()).toEqual([...expectedItems(sandbox).keys()].sort());
  });
});

test('W-02 a failed update keeps the last good copy, and is work of the next run', async () => {
  await withActivities({ flavor: 'data-center', site: generateSite(SITE) }, async (activities) => {
    const { sandbox, store, tenant } = activities;
    await syncOnce(activities, 'r1');
    const good = new Map(sandbox.unique.contents().map(({ key, sha256 }) => [key, sha256]));
    const [page] = [...sandbox.site.contents()];
    sandbox.site.editPage(page?.id ?? '', { body: '<p>newer</p>' });
    const fault = sandbox.faults.add({ route: 'unique.upload', kind: 'status', status: 500 });
    expect(await syncOnce(activities, 'r2')).toMatchObject({ ingested: 0, failed: 1 });
    expect(new Map(sandbox.unique.contents().map(({ key, sha256 }) => [key, sha256]))).toEqual(good);
    expect(sandbox.unique.removals).toEqual([]);
    expect(await store.ledger.count(tenant)).toMatchObject({ finalized: 7, unfinished: 1 });
    fault.remove();
    expect(await syncOnce(activities, 'r3')).toMatchObject({ ingested: 1, failed: 0 });
    expect(storedItems(sandbox)).toEqual(expectedItems(sandbox));
  });
});
