import type { ApplicationFailure } from '@temporalio/common';
import { Gate, Site } from '../../sandbox';
import { type Activities, withActivities } from '../activities/with-activities';
import { until } from '../until';
import { OneRun } from './one-run';

// The orders of events in which earlier forms of the protocol lost something (docs/model/README.md), each driven into
// the real steps over HTTP. What stands in Unique is asserted where it is wrong for a while, and after the repair.

const LABEL = ['ai-ingest'];
const [V1, V2] = ['<p>first text</p>', '<p>other text</p>'] as const; // of one size
/** Longer than `verify.doubtMinutes`, and than a lease. */
const LONG_ENOUGH = 11;

/** Page `P` in ENG; ENG and OPS have one more each, so that both are always listed. */
function site(): Site {
  const site = new Site();
  for (const key of ['ENG', 'OPS']) {
    site.addSpace({ key });
    site.addPage({ spaceKey: key, title: `${key} home`, body: `<p>${key}</p>`, labels: LABEL });
  }
  site.addPage({ spaceKey: 'ENG', title: 'P', body: V1, labels: LABEL });
  return site;
}

interface World extends Activities {
  readonly pageId: string;
  /** What Unique has of `P` in a space. */
  content(spaceKey?: string): {
    readonly text: string | undefined;
    readonly state: string;
    readonly file: string | undefined;
  };
  hold(route: string, options?: { readonly after?: number; readonly isUnanswered?: boolean }): Gate;
  requests(route: string): number;
}

/** The site with both homes ingested; `P` is new, unless it is to be known. */
async function world(work: (world: World) => Promise<void>, isKnown = false): Promise<void> {
  await withActivities({ flavor: 'data-center', site: site() }, async (at) => {
    const { site, unique, faults, requests } = at.sandbox;
    const pageId = site.byTitle('P').id;
    if (!isKnown) site.setLabels(pageId, []);
    await new OneRun(at).whole();
    if (!isKnown) site.setLabels(pageId, LABEL);
    const world = Object.assign(Object.create(at) as Activities, {
      pageId,
      content(spaceKey = 'ENG') {
        const one = unique.contents().find(({ key }) => key.endsWith(`_${spaceKey}/${pageId}`));
        const file = one === undefined ? undefined : unique.store.file(one.id)?.bytes?.toString();
        return { text: one?.bytes?.toString(), state: one?.ingestionState ?? 'absent', file };
      },
      hold(route: string, { after = 0, isUnanswered = false } = {}) {
        const gate = new Gate();
        faults.add({ route, after, times: 1, kind: 'hold', gate, isUnanswered });
        return gate;
      },
      requests: (route: string) => requests.count(route),
    });
    await work(world);
  });
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as ApplicationFailure,
  );

test('an old body that arrives over a newer one is ingested anew once no request can be late', async () => {
  await world(async (at) => {
    const run = new OneRun(at);
    await run.open();
    await run.plan('ENG');
    const oldUpload = at.hold('unique.upload');
    const first = failureOf(run.ingest('ENG'));
    await oldUpload.reached;
    at.sandbox.site.editPage(at.pageId, { body: V2 });
    const finalize = at.hold('unique.upsert', { after: 1 });
    const second = run.ingest('ENG');
    await finalize.reached;
    oldUpload.open();
    expect(await first).toMatchObject({ type: 'SupersededError' });
    finalize.open();
    expect(await second).toMatchObject({ ingested: 1 });
    await run.close(['ENG']);
    expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });

    // Neither ledger nor diff can tell; only the doubt does.
    expect((await new OneRun(at).whole()).totals).toMatchObject({ updated: 0 });
    at.later(LONG_ENOUGH);
    expect((await new OneRun(at).whole()).totals).toMatchObject({ updated: 1, failed: 0 });
    expect(at.content()).toMatchObject({ text: V2, state: 'FINISHED' });
    at.later(LONG_ENOUGH);
    expect((await new OneRun(at).whole()).totals).toMatchObject({ updated: 0 });
  });
});

test('W-19 a registration that arrives after the item was finalized does not leave it unfinished for good', async () => {
  await world(async (at) => {
    const run = new OneRun(at);
    await run.open();
    await run.plan('ENG');
    const lost = at.hold('unique.upsert', { isUnanswered: true });
    expect(await run.ingest('ENG')).toMatchObject({ failed: 1 });
    const { pages } = await at.run(at.steps.planRetry, { ...run.space('ENG'), retry: 1 });
    expect(await run.ingest('ENG', pages.from)).toMatchObject({ ingested: 1 });
    await run.close(['ENG']);
    lost.open();
    await until(() => at.content().state === 'QUEUED');

    expect((await new OneRun(at).whole()).totals).toMatchObject({ updated: 0 });
    at.later(LONG_ENOUGH);
    await new OneRun(at).whole();
    expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
  });
});

test('W-02 a refused upload after a finalization that nobody recorded takes no good copy', async () => {
  await world(async (at) => {
    const run = new OneRun(at);
    await run.open();
    await run.plan('ENG');
    const finalize = at.hold('unique.upsert', { after: 1 });
    const first = failureOf(run.ingest('ENG'));
    await finalize.reached;
    const register = at.hold('unique.upsert');
    const second = run.ingest('ENG');
    await register.reached;
    finalize.open();
    expect(await first).toMatchObject({ type: 'SupersededError' });
    expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
    const refused = at.sandbox.faults.add({ route: 'unique.upload', kind: 'status', status: 400 });
    register.open();
    expect(await second).toMatchObject({ ingested: 0, failed: 1 });
    await run.close(['ENG']);
    expect(at.content().text).toBe(V1);
    expect(at.sandbox.unique.removals).toEqual([]);

    refused.remove();
    await new OneRun(at).whole();
    expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
  });
});

describe('a page that is wanted again while its removal is on its way', () => {
  test('comes back when the removal was carried out and nobody recorded it', async () => {
    await world(async (at) => {
      at.sandbox.site.setLabels(at.pageId, []);
      const removing = new OneRun(at);
      await removing.open();
      await removing.plan('ENG');
      const removal = at.hold('unique.deleteContents');
      const dead = failureOf(removing.remove('ENG'));
      await removal.reached;
      at.sandbox.site.setLabels(at.pageId, LABEL);
      at.later(6); // its lease ends
      const next = new OneRun(at);
      await next.open();
      await next.plan('ENG');
      removal.open();
      expect(await dead).toMatchObject({ type: 'SupersededError' });
      expect(at.content().state).toBe('absent');
      expect(await next.ingest('ENG')).toMatchObject({ ingested: 0, failed: 1 });
      await next.close(['ENG']);

      at.later(LONG_ENOUGH);
      expect((await new OneRun(at).whole()).totals).toMatchObject({ new: 1, failed: 0 });
      expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
    }, true);
  });

  test('is not registered before a removal without an answer can no longer arrive', async () => {
    await world(async (at) => {
      at.sandbox.site.setLabels(at.pageId, []);
      const removal = at.hold('unique.deleteContents', { isUnanswered: true });
      await new OneRun(at).whole();
      expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
      at.sandbox.site.setLabels(at.pageId, LABEL);
      const upserts = at.requests('unique.upsert');
      // However often a sync tries, the wait ends at its time.
      for (let minutes = 0; minutes < 9; minutes += 3) {
        expect(await new OneRun(at).whole()).toMatchObject({ outcome: 'partial', totals: { failed: 1 } });
        at.later(3);
      }
      expect(at.requests('unique.upsert')).toBe(upserts);
      removal.open();
      await until(() => at.content().state === 'absent');

      at.later(2);
      expect((await new OneRun(at).whole()).totals).toMatchObject({ failed: 0 });
      expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
    }, true);
  });
});

test('W-11 two spaces that have a page which moves to and fro never both remove it', async () => {
  await world(async (at) => {
    const { site } = at.sandbox;
    site.movePage(at.pageId, { spaceKey: 'OPS' });
    await new OneRun(at, ['OPS']).whole();
    for (const key of ['ENG', 'OPS']) expect(at.content(key).state).toBe('FINISHED');

    site.movePage(at.pageId, { spaceKey: 'ENG' });
    const ops = new OneRun(at, ['OPS']);
    await ops.open();
    await ops.plan('OPS');
    const removal = at.hold('unique.deleteContents');
    const removed = ops.remove('OPS');
    await removal.reached;
    site.movePage(at.pageId, { spaceKey: 'OPS' });
    expect((await new OneRun(at, ['ENG']).whole()).totals).toMatchObject({ held: 1 });
    expect(at.content('ENG').state).toBe('FINISHED');
    removal.open();
    await removed;
    await ops.close(['OPS']);
    expect([at.content('ENG').state, at.content('OPS').state]).toEqual(['FINISHED', 'absent']);

    for (let run = 0; run < 2; run++) await new OneRun(at).whole();
    expect([at.content('ENG').state, at.content('OPS').state]).toEqual(['absent', 'FINISHED']);
  }, true);
});

describe('a store that was lost', () => {
  test('an edit that slipped in while its predecessor ingested is not taken for ingested', async () => {
    await world(async (at) => {
      const run = new OneRun(at);
      await run.open();
      await run.plan('ENG');
      const upload = at.hold('unique.upload');
      const ingested = run.ingest('ENG');
      await upload.reached;
      at.sandbox.site.editPage(at.pageId, { body: V2 });
      upload.open();
      expect(await ingested).toMatchObject({ ingested: 1 });
      expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });

      await at.loseStore();
      const next = new OneRun(at);
      await next.open();
      at.later(LONG_ENOUGH);
      await next.plan('ENG');
      expect(await next.ingest('ENG')).toMatchObject({ failed: 0 });
      expect(at.content()).toMatchObject({ text: V2, state: 'FINISHED' });
    });
  });

  test('W-19 a registration of its predecessor is found and finished, also one that arrives late', async () => {
    await world(async (at) => {
      const run = new OneRun(at);
      await run.open();
      await run.plan('ENG');
      const lost = at.hold('unique.upsert', { isUnanswered: true });
      await run.ingest('ENG');

      await at.loseStore();
      const next = new OneRun(at);
      await next.open();
      const waits = await failureOf(next.plan('ENG'));
      expect(waits).toMatchObject({ type: 'FormerOwnerError', nonRetryable: false });
      expect(Number(waits.nextRetryDelay)).toBeGreaterThan(9 * 60_000);
      lost.open();
      await until(() => at.content().state === 'QUEUED');
      at.later(LONG_ENOUGH);
      await next.plan('ENG');
      await next.ingest('ENG');
      expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
      for (const { ingestionState } of at.sandbox.unique.contents()) expect(ingestionState).toBe('FINISHED');
    });
  });
});

test('an attempt that was given up sends nothing more, and writes nothing', async () => {
  await world(async (at) => {
    const run = new OneRun(at);
    await run.open();
    await run.plan('ENG');
    const register = at.hold('unique.upsert');
    const first = failureOf(run.ingest('ENG'));
    await register.reached;
    expect(await run.ingest('ENG')).toMatchObject({ ingested: 1 });
    const sent = at.requests('unique.upload') + at.requests('unique.upsert');
    register.open();
    expect(await first).toMatchObject({ type: 'SupersededError' });
    // The held registration is noted in the log when it is answered.
    expect(at.requests('unique.upload') + at.requests('unique.upsert')).toBe(sent + 1);
    await run.close(['ENG']);
    expect(at.content().state).toBe('QUEUED');

    at.later(LONG_ENOUGH);
    await new OneRun(at).whole();
    expect(at.content()).toMatchObject({ text: V1, state: 'FINISHED' });
  });
});

const BODY = ({ query }: { readonly query: URLSearchParams }) => /^id (in|=)/i.test(query.get('cql') ?? '');

describe('a failed update keeps the good copy, and the next sync finishes it', () => {
  test.each([
    ['source', { route: /^confluence\./, kind: 'status', status: 500, match: BODY, times: 1 }],
    ['registration without an answer', { route: 'unique.upsert', kind: 'drop', times: 1 }],
    ['refused registration', { route: 'unique.upsert', kind: 'graphql-error', message: 'no', times: 1 }],
    ['refused upload', { route: 'unique.upload', kind: 'status', status: 400, times: 1 }],
    ['upload without an answer', { route: 'unique.upload', kind: 'drop-after', times: 1 }],
    ['refused finalization', { route: 'unique.upsert', kind: 'graphql-error', message: 'no', after: 1, times: 1 }],
    ['finalization without an answer', { route: 'unique.upsert', kind: 'drop-after', after: 1, times: 1 }],
  ] as const)('W-02 W-45 %s', async (_name, fault) => {
    await world(async (at) => {
      at.sandbox.site.editPage(at.pageId, { body: V2 });
      const struck = at.sandbox.faults.add(fault);
      expect((await new OneRun(at).whole()).totals).toMatchObject({ failed: 1 });
      expect(struck.hits).toBe(1);
      expect([V1, V2]).toContain(at.content().text);
      at.later(LONG_ENOUGH);
      await new OneRun(at).whole();
      expect(at.content()).toMatchObject({ text: V2, state: 'FINISHED' });
      expect(at.sandbox.unique.removals).toEqual([]);
    }, true);
  });

  test.each([
    ['before the registration arrives', 'unique.upsert', 0],
    ['before the upload arrives', 'unique.upload', 0],
    ['before the finalization arrives', 'unique.upsert', 1],
  ] as const)('W-02 W-19 when the worker dies %s', async (_name, route, after) => {
    await world(async (at) => {
      at.sandbox.site.editPage(at.pageId, { body: V2 });
      const run = new OneRun(at);
      await run.open();
      await run.plan('ENG');
      const never = at.hold(route, { after });
      run.ingest('ENG').catch(() => undefined); // dead: its request never arrives
      await never.reached;
      expect(at.content().text).toBe(V1);
      at.later(6); // its lease ends
      await new OneRun(at).whole();
      expect(at.content()).toMatchObject({ text: V2, state: 'FINISHED' });
      expect(at.sandbox.unique.removals).toEqual([]);
    }, true);
  });
});

test('a cancellation ends a slow download at once', async () => {
  await withActivities({ flavor: 'data-center', site: site() }, async (at) => {
    const { site, faults, requests } = at.sandbox;
    const bytes = Buffer.alloc(2_000_000, 'x');
    site.addAttachment(site.byTitle('P').id, { title: 'large.txt', mediaType: 'text/plain', bytes });
    faults.add({ route: 'confluence.download', kind: 'slow-body', bytesPerSecond: 10_000 });
    const run = new OneRun(at);
    await run.open();
    await run.plan('ENG');
    await run.ingest('ENG');
    const slice = at.start(at.steps.ingestAttachments, { ...run.space('ENG'), slice: 0 });
    await until(() => at.sandbox.unique.contents().some(({ title }) => title === 'large.txt'));
    const cancelled = Date.now();
    slice.cancel();
    expect(await slice.result).toMatchObject({ finished: false });
    await until(() => requests.count('confluence.download') === 1); // noted when the connection has ended
    expect(Date.now() - cancelled).toBeLessThan(5_000);
  });
});
