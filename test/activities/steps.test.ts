import type { ApplicationFailure } from '@temporalio/common';
import { generateSite } from '../../sandbox';
import { expectedItems, storedItems } from '../end-to-end/expected';
import { OneRun } from '../model/one-run';
import { type Activities, withActivities } from './with-activities';

const RUN = 'r1';
const siteOf = (pages: number) =>
  generateSite({ spaces: 1, pagesPerSpace: pages, attachmentEvery: 0, bodyBytes: 500, attachmentBytes: 100, seed: 5 });

/** Everything before the slices of the only space. */
async function planned({ run, main, steps, tenant }: Activities) {
  const key = { tenant, run: RUN };
  await run(main.openTenant, { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() });
  await run(steps.discoverPages, { ...key, round: 1, request: {} });
  const { spaceKeys } = await run(steps.spacesWithWork, { ...key, after: '', limit: 10, request: {} });
  const space = { ...key, spaceKey: spaceKeys[0] ?? '' };
  await run(steps.discoverSpace, { ...space, round: 1 });
  const plan = await run(steps.planSpace, { ...space, force: false });
  return { key, space, plan };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as ApplicationFailure,
  );

test('a slice ingests its items, and a second run of it finds nothing left to do', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(45) }, async (activities) => {
    const { sandbox, run, steps } = activities;
    const { space, plan } = await planned(activities);
    expect(plan).toMatchObject({ pages: { from: 0, to: 1 }, attachments: { from: 0, to: 0 } });
    expect(await run(steps.ingestPages, { ...space, slice: 0 })).toEqual({ finished: true, ingested: 45, failed: 0 });
    expect([...storedItems(sandbox).keys()].sort()).toEqual([...expectedItems(sandbox).keys()].sort());
    const uploads = sandbox.requests.count('unique.upload');
    expect(await run(steps.ingestPages, { ...space, slice: 0 }, 2)).toEqual({ finished: true, ingested: 0, failed: 0 });
    expect(sandbox.requests.count('unique.upload')).toBe(uploads);
  });
});

test('a space with an item that never succeeds is compared by each sync, but what the platform has is walked once', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(150) }, async (activities) => {
    const { faults, requests, unique } = activities.sandbox;
    const bad = [...expectedItems(activities.sandbox).keys()][7] ?? '';
    const broken = faults.add({ route: 'unique.upsert', kind: 'graphql-error', message: 'no', keys: bad });
    const walks = () => requests.count('unique.contents');
    expect(await new OneRun(activities).whole()).toMatchObject({ outcome: 'partial', totals: { new: 149, failed: 1 } });
    expect(walks()).toBeGreaterThan(0);
    for (let run = 0; run < 2; run++) {
      requests.reset();
      const { totals } = await new OneRun(activities).whole();
      expect(totals).toMatchObject({ new: 0, updated: 0, unchanged: 149, failed: 1 });
      expect([requests.count('unique.fileDiff'), walks()]).toEqual([1, 0]);
    }
    broken.remove();
    expect((await new OneRun(activities).whole()).totals).toMatchObject({ new: 1, unchanged: 149, failed: 0 });
    expect(unique.contents()).toHaveLength(150);
    requests.reset();
    await new OneRun(activities).whole();
    expect(requests.count('unique.fileDiff')).toBe(0);
  });
});

test('discovery that is interrupted goes on from its cursor', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(450) }, async (activities) => {
    const { sandbox, run, main, steps, tenant, store } = activities;
    const key = { tenant, run: RUN };
    await run(main.openTenant, { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() });
    sandbox.requests.reset();
    sandbox.faults.add({ route: 'confluence.search', kind: 'drop', after: 1, times: 1 });
    const failure = await failureOf(run(steps.discoverPages, { ...key, round: 1, request: {} }));
    expect(failure).toMatchObject({
      type: 'UnavailableError',
      nonRetryable: false,
      details: [{ step: 'discover' }],
    });
    await run(steps.discoverPages, { ...key, round: 1, request: {} }, 2);
    expect(await store.manifest.count(key)).toBe(450);
    // 200 rows a request: the first, the one that failed, and the two that were left.
    expect(sandbox.requests.count('confluence.search')).toBe(4);
  });
});

test('a rate limit fails the step with the wait that the server asked for', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(5) }, async (activities) => {
    const { sandbox, run, steps } = activities;
    const { space } = await planned(activities);
    sandbox.faults.add({ route: 'unique.upsert', kind: 'status', status: 429, retryAfter: 7, times: 1 });
    const failure = await failureOf(run(steps.ingestPages, { ...space, slice: 0 }));
    expect(failure).toMatchObject({ type: 'RateLimitedError', nonRetryable: false, nextRetryDelay: 7_000 });
    expect(storedItems(sandbox).size).toBe(0);
  });
});

test('refused credentials are final, and name the step', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(5) }, async ({ sandbox, run, main, tenant }) => {
    sandbox.faults.add({ route: /rest\/api/, kind: 'html' });
    const input = { tenant, run: RUN, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() };
    const failure = await failureOf(run(main.openTenant, input));
    expect(failure).toMatchObject({ type: 'UnauthorizedError', nonRetryable: true, details: [{ step: 'tokens' }] });
  });
});

test('a slice that is cancelled stops at its next batch, and the next attempt finishes the rest', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(150) }, async (activities) => {
    const { sandbox, start, run, steps } = activities;
    const { space } = await planned(activities);
    const slow = sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 100 });
    const slice = start(steps.ingestPages, { ...space, slice: 0 });
    while (storedItems(sandbox).size < 20) await new Promise((resolve) => setTimeout(resolve, 20));
    slice.cancel();
    expect(await slice.result).toMatchObject({ finished: false });
    expect(storedItems(sandbox).size).toBeLessThan(150);
    slow.remove();
    expect(await run(steps.ingestPages, { ...space, slice: 0 }, 2)).toMatchObject({ finished: true, failed: 0 });
    expect(storedItems(sandbox).size).toBe(150);
  });
});

test('B-157 an item that fails is a value; the others of its batch are ingested', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(30) }, async (activities) => {
    const { sandbox, run, steps, store, tenant } = activities;
    const { key, space } = await planned(activities);
    const bad = [...expectedItems(sandbox).keys()][7] ?? '';
    sandbox.faults.add({
      route: 'unique.upsert',
      kind: 'graphql-error',
      message: 'title "Secret plan" refused',
      keys: bad,
    });
    expect(await run(steps.ingestPages, { ...space, slice: 0 })).toEqual({ finished: true, ingested: 29, failed: 1 });
    const [failure] = await store.runs.failures(key, 10);
    expect(failure).toMatchObject({ step: 'register', itemKey: bad.split('/').at(-1) });
    expect(failure?.message).not.toContain('Secret plan');
    expect(await store.ledger.count(tenant)).toMatchObject({ finalized: 29 });
  });
});

test('an outage stops the slice instead of failing every item', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(150) }, async (activities) => {
    const { sandbox, run, steps, store } = activities;
    const { key, space } = await planned(activities);
    const down = sandbox.faults.add({ route: /ingestion/, kind: 'drop' });
    const failure = await failureOf(run(steps.ingestPages, { ...space, slice: 0 }));
    expect(failure).toMatchObject({ type: 'SystemDownError', nonRetryable: false });
    expect(await store.runs.failures(key, 1_000)).toEqual([]);
    down.remove();
    expect(await run(steps.ingestPages, { ...space, slice: 0 }, 2)).toEqual({
      finished: true,
      ingested: 150,
      failed: 0,
    });
  });
});

test('an outage that meets only the last items of a slice counts for none of them', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(5) }, async (activities) => {
    const { sandbox, run, steps, store } = activities;
    const { key, space } = await planned(activities);
    const down = sandbox.faults.add({ route: /ingestion/, kind: 'status', status: 502 });
    const failure = await failureOf(run(steps.ingestPages, { ...space, slice: 0 }));
    expect(failure).toMatchObject({ type: 'SystemDownError', nonRetryable: false });
    down.remove();
    expect(await run(steps.ingestPages, { ...space, slice: 0 }, 2)).toMatchObject({ ingested: 5, failed: 0 });
    expect(await store.runs.failures(key, 10)).toEqual([]);
  });
});

test('W-45 a poisoned item takes others of its request along at first, and none in the last retry round', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(30) }, async (activities) => {
    const { sandbox, run, steps } = activities;
    const { space } = await planned(activities);
    const bad = [...expectedItems(sandbox).keys()][7] ?? '';
    sandbox.faults.add({
      route: 'unique.upsert',
      kind: 'status',
      status: 500,
      match: ({ keys }) => keys.includes(bad),
    });
    expect(await run(steps.ingestPages, { ...space, slice: 0 })).toEqual({ finished: true, ingested: 10, failed: 20 });
    for (const [retry, failed] of [
      [1, 4],
      [2, 1],
    ] as const) {
      const { pages } = await run(steps.planRetry, { ...space, retry });
      const slice = { ...space, slice: pages.from, retry };
      expect(await run(steps.ingestPages, slice)).toMatchObject({ finished: true, failed });
    }
    expect(storedItems(sandbox).size).toBe(29);
  });
});

test('W-45 a step that fails for a reason that nobody foresaw ends after its eighth failure', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(1) }, async (activities) => {
    const { run, steps, store } = activities;
    const { space } = await planned(activities);
    Object.assign(store.plan, { slice: () => Promise.reject(new TypeError('undefined is not a function')) });
    const failures = [];
    for (let attempt = 1, unforeseen = 0; attempt <= 8; attempt++, unforeseen++) {
      failures.push(await failureOf(run(steps.ingestPages, { ...space, slice: 0 }, attempt, { unforeseen })));
    }
    expect(failures.map(({ nonRetryable }) => nonRetryable)).toEqual([...Array<boolean>(7).fill(false), true]);
  });
});

test('B-091 a file diff that fails is tried until Unique answers, and then plans the space', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(3) }, async (activities) => {
    const down = activities.sandbox.faults.add({ route: 'unique.fileDiff', kind: 'status', status: 500 });
    const failure = await failureOf(planned(activities));
    expect(failure).toMatchObject({ type: 'UnavailableError', nonRetryable: false, details: [{ step: 'plan' }] });
    const [found] = activities.sandbox.site.spaces();
    const space = { tenant: activities.tenant, run: RUN, spaceKey: found?.key ?? '' };
    const plan = (attempt: number) => activities.run(activities.steps.planSpace, { ...space, force: false }, attempt);
    for (let attempt = 2; attempt <= 4; attempt++)
      expect(await failureOf(plan(attempt))).toMatchObject({ type: 'UnavailableError', nonRetryable: false });
    down.remove();
    expect(await plan(5)).toMatchObject({ pages: { from: 0, to: 1 } });
  });
});

test('a closed run answers with the report that it has', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(3) }, async (activities) => {
    const { run, main, steps, tenant } = activities;
    const { key, space } = await planned(activities);
    await run(steps.ingestPages, { ...space, slice: 0 });
    expect(await run(steps.closeSpace, space)).toMatchObject({ outcome: 'succeeded', totals: { new: 3 } });
    const close = { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() };
    const report = await run(main.closeRun, close);
    expect(report).toMatchObject({ outcome: 'succeeded', totals: { discovered: 3, new: 3 }, requests: { uploads: 3 } });
    expect(await run(main.closeRun, close, 2)).toEqual(report);
  });
});

test('W-42 waiting, 429 and 5xx stand apart in the report, those of failed attempts included', async () => {
  await withActivities({ flavor: 'data-center', site: siteOf(3) }, async (activities) => {
    const { sandbox, run, main, steps, tenant } = activities;
    const { key, space } = await planned(activities);
    const upsert = { route: 'unique.upsert', kind: 'status', times: 1 } as const;
    sandbox.faults.add({ ...upsert, status: 429, retryAfter: 1 });
    await failureOf(run(steps.ingestPages, { ...space, slice: 0 }));
    sandbox.faults.add({ ...upsert, status: 500 });
    await run(steps.ingestPages, { ...space, slice: 0 }, 2);
    await run(steps.closeSpace, space);
    const close = { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() };
    const { limits } = await run(main.closeRun, close);
    expect(limits?.unique).toMatchObject({ rateLimited: 1, serverErrors: 1 });
    expect(limits?.unique.waits).toBeGreaterThanOrEqual(1);
    expect(limits?.unique.waitedMs).toBeGreaterThanOrEqual(500);
    expect(limits?.confluence).toMatchObject({ rateLimited: 0, serverErrors: 0 });
  });
});
