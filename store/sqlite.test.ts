import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from './open';
import { StoreLockedError } from './errors';
import { type ManifestRow, type Store, SupersededError, type Writer } from './store';

const KEY = { tenant: 'acme', run: 'r1', spaceKey: 'ENG' } as const;
const BOUNDS = { pages: 2, attachments: 3, attachmentBytes: 100 } as const;
const NOW = 1_000_000;
const DIFFERENT = { force: false, doubtBefore: 0 } as const;

let home: string;
let store: Store;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'syncspace-store-'));
  store = await openStore({ home });
  await store.runs.begin({ tenant: 'acme', run: 'r1', workflowId: 'sync/acme', startedAt: NOW });
});
afterEach(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});

function page(id: string, changed: Partial<ManifestRow> = {}): ManifestRow {
  return {
    spaceKey: 'ENG',
    spaceId: '7',
    spaceName: 'Engineering',
    itemKey: id,
    kind: 'page',
    pageId: id,
    pageType: 'page',
    title: `Title of ${id}`,
    version: 1,
    updatedAtIso: '2026-01-01T00:00:00.000Z',
    url: `https://x/${id}`,
    fingerprint: `f-${id}`,
    isRoot: false,
    hasMoreAttachments: false,
    ...changed,
  };
}
const attachment = (pageId: string, id: string, size: number): ManifestRow =>
  page(pageId, { itemKey: `${pageId}::${id}`, kind: 'attachment', attachmentId: id, size, mediaType: 'image/png' });
const discover = (rows: readonly ManifestRow[], run = 'r1') =>
  store.discoveries.addPage({ tenant: 'acme', run }, 'labels', rows, undefined);

async function writer(slice = 'page/0', attempt = 'a1', run = 'r1'): Promise<Writer> {
  const key = { ...KEY, run };
  await store.leases.holdSpace(key, NOW, 60_000);
  const named = { ...key, slice, attempt };
  await store.leases.claimSlice(named, NOW);
  return named;
}
const finalize = async (by: Writer, ...ids: string[]) => {
  await store.ledger.announce(
    by,
    ids.map((itemKey) => ({ itemKey, isNew: true })),
    NOW,
  );
  await store.ledger.recordFinalized(
    by,
    ids.map((itemKey) => ({ itemKey, contentId: `c-${itemKey}`, fingerprint: `f-${itemKey}`, version: 1 })),
    NOW,
  );
};

describe('discoveries and manifest', () => {
  test('keep the cursor with the rows before it, and seal the listing at its end', async () => {
    await store.discoveries.addPage(KEY, 'labels', [page('1')], 'cursor-2');
    expect(await store.discoveries.get(KEY, 'labels')).toEqual({ cursor: 'cursor-2', sealed: false });
    await store.discoveries.addPage(KEY, 'labels', [page('2')], undefined);
    expect(await store.discoveries.get(KEY, 'labels')).toEqual({ sealed: true });
    expect(await store.manifest.count(KEY)).toBe(2);
  });

  test('keep the first of two rows of an item, but remember that one of them was a root', async () => {
    await discover([page('1', { title: 'first' })]);
    await discover([page('1', { title: 'second', isRoot: true })]);
    const [row] = await store.manifest.rows(KEY, ['1']);
    expect(row).toMatchObject({ title: 'first', isRoot: true });
    expect(await store.manifest.roots(KEY)).toEqual(['1']);
  });

  test('list spaces by key after a key, each once', async () => {
    await discover(['A', 'B', 'C', 'D'].flatMap((spaceKey) => [page('1', { spaceKey }), page('2', { spaceKey })]));
    const first = await store.manifest.spaces(KEY, '', 3);
    expect(first.map((space) => space.spaceKey)).toEqual(['A', 'B', 'C']);
    expect((await store.manifest.spaces(KEY, 'C', 3)).map((space) => space.spaceKey)).toEqual(['D']);
  });

  test('replace a page’s attachments as a whole', async () => {
    await discover([page('1', { hasMoreAttachments: true }), attachment('1', 'att1', 5)]);
    await store.manifest.replaceAttachments(KEY, '1', [attachment('1', 'att2', 6), attachment('1', 'att3', 7)]);
    const files: string[] = [];
    for await (const { itemKey } of store.manifest.files(KEY)) files.push(itemKey);
    expect(files).toEqual(['1', '1::att2', '1::att3']);
    expect(await store.manifest.pagesWithMoreAttachments(KEY)).toEqual([]);
  });

  test('never mix runs, tenants and spaces', async () => {
    await discover([page('1')]);
    await discover([page('1'), page('2')], 'r2');
    await store.discoveries.addPage({ tenant: 'other', run: 'r1' }, 'labels', [page('9')], undefined);
    expect(await store.manifest.count(KEY)).toBe(1);
    expect(await store.plan.compare({ ...KEY, spaceKey: 'ENGX' }, DIFFERENT)).toMatchObject({ new: 0 });
  });
});

describe('plan', () => {
  test('calls items without a ledger row new, changed ones updated, and the others unchanged', async () => {
    await finalize(await writer(), '1', '2');
    await discover([page('1'), page('2', { fingerprint: 'other' }), page('3')]);
    expect(await store.plan.compare(KEY, DIFFERENT)).toEqual({ new: 1, updated: 1, unchanged: 1, missing: 0 });
    expect(await store.plan.compare(KEY, { ...DIFFERENT, force: true })).toEqual({
      new: 1,
      updated: 2,
      unchanged: 0,
      missing: 0,
    });
  });

  test('counts what the manifest lacks as missing and held, together with the platform’s own candidates', async () => {
    await finalize(await writer(), '1', '2');
    await discover([page('1')]);
    expect((await store.plan.compare(KEY, DIFFERENT)).missing).toBe(1);
    await store.plan.keepCandidates(KEY, ['1', '2', '77']);
    expect(await store.plan.countHeld(KEY)).toBe(2);
  });

  test('takes unfinished work of a dead run up again', async () => {
    await store.ledger.announce(await writer(), [{ itemKey: '1', isNew: true }], NOW);
    await store.runs.begin({ tenant: 'acme', run: 'r2', workflowId: 'sync/acme', startedAt: NOW });
    await discover([page('1')], 'r2');
    expect(await store.plan.compare({ ...KEY, run: 'r2' }, DIFFERENT)).toMatchObject({ new: 1, unchanged: 0 });
  });

  test('cuts slices by count and by bytes, once', async () => {
    await discover([
      ...['1', '2', '3', '4', '5'].map((id) => page(id)),
      attachment('1', 'a', 60),
      attachment('1', 'b', 60),
      attachment('1', 'c', 1),
      attachment('1', 'd', 1),
    ]);
    await store.plan.compare(KEY, DIFFERENT);
    const cut = await store.plan.cutSlices(KEY, BOUNDS);
    expect(cut).toEqual({ pages: { from: 0, to: 3 }, attachments: { from: 0, to: 3 } });
    expect(await store.plan.cutSlices(KEY, { ...BOUNDS, pages: 1 })).toEqual(cut);
    const slices = await Promise.all([0, 1, 2].map((slice) => store.plan.slice(KEY, 'attachment', slice)));
    expect(slices.map((rows) => rows.map(({ itemKey }) => itemKey))).toEqual([['1::a'], ['1::b', '1::c'], ['1::d']]);
  });

  test('cuts what failed and may pass into slices behind the others, and leaves the rest failed', async () => {
    await discover([page('1'), page('2'), page('3')]);
    await store.plan.compare(KEY, DIFFERENT);
    await store.plan.cutSlices(KEY, { ...BOUNDS, pages: 10 });
    const by = await writer();
    await finalize(by, '1');
    const failure = { spaceKey: 'ENG', step: 'download', message: 'no', inDoubt: false } as const;
    await store.ledger.recordFailed(
      by,
      [
        { ...failure, itemKey: '2', httpStatus: 503 },
        { ...failure, itemKey: '3', httpStatus: 404 },
      ],
      NOW,
    );
    expect(await store.plan.slice(KEY, 'page', 0)).toEqual([]);
    const again = await store.plan.cutRetrySlices(KEY, 1, BOUNDS);
    expect(again.pages).toEqual({ from: 1, to: 2 });
    expect(await store.plan.cutRetrySlices(KEY, 1, BOUNDS)).toEqual(again);
    expect((await store.plan.slice(KEY, 'page', 1)).map(({ itemKey }) => itemKey)).toEqual(['2']);
    expect(await store.plan.totals(KEY)).toMatchObject({ new: 1, failed: 2 });
    await finalize(await writer('page/1'), '2');
    expect(await store.plan.totals(KEY)).toMatchObject({ discovered: 3, new: 2, failed: 1 });
  });

  test('adopts stored contents only where the ledger knows nothing', async () => {
    await finalize(await writer(), '1');
    await discover([page('1', { fingerprint: 'changed' }), page('2')]);
    await store.plan.compare(KEY, DIFFERENT);
    await store.plan.adopt(
      KEY,
      [
        { itemKey: '1', contentId: 'x' },
        { itemKey: '2', contentId: 'y' },
      ],
      NOW,
    );
    expect(await store.plan.counts(KEY)).toEqual({ new: 0, updated: 1, unchanged: 1, missing: 0 });
  });

  test('finds no work in a space that was compared and has not changed', async () => {
    const look = { force: false, comparedBefore: 10, doubtBefore: 0 };
    await finalize(await writer(), '1');
    await discover([page('1')]);
    expect(await store.plan.hasWork(KEY, look)).toBe(true);
    await store.spaces.setCompared('acme', 'ENG', '7', 20);
    expect(await store.plan.hasWork(KEY, look)).toBe(false);
    expect(await store.plan.hasWork(KEY, { ...look, comparedBefore: 30 })).toBe(true);
    expect(await store.plan.hasWork(KEY, { ...look, force: true })).toBe(true);
  });
});

describe('ledger', () => {
  test('leaves an empty body alone until its fingerprint changes', async () => {
    await discover([page('1')]);
    await store.plan.compare(KEY, DIFFERENT);
    await store.ledger.recordSkipped(await writer(), [{ itemKey: '1', fingerprint: 'f-1' }], NOW);
    await store.runs.restart(KEY);
    await discover([page('1')]);
    expect(await store.plan.compare(KEY, DIFFERENT)).toMatchObject({ unchanged: 1, missing: 0 });
  });

  test('remembers the old text of a page that became empty as held', async () => {
    const by = await writer();
    await finalize(by, '1');
    await store.ledger.recordSkipped(by, [{ itemKey: '1', fingerprint: 'empty' }], NOW);
    await discover([page('1', { fingerprint: 'empty' })]);
    expect(await store.plan.compare(KEY, DIFFERENT)).toMatchObject({ unchanged: 1, missing: 1 });
  });

  test('refuses an attempt that was superseded by another one, and leaves no trace of it', async () => {
    const old = await writer('page/0', 'a1');
    await writer('page/0', 'a2');
    await expect(store.ledger.announce(old, [{ itemKey: '1', isNew: true }], NOW)).rejects.toThrow(SupersededError);
    expect(await store.ledger.count('acme')).toEqual({ finalized: 0, unfinished: 0, empty: 0 });
  });

  test('refuses a run whose lease was taken by another one', async () => {
    const old = await writer();
    expect(await store.leases.holdSpace({ ...KEY, run: 'r2' }, NOW, 1)).toMatchObject({ held: false, owner: 'r1' });
    expect(await store.leases.holdSpace({ ...KEY, run: 'r2' }, NOW + 60_001, 1)).toEqual({ held: true });
    await expect(finalize(old, '1')).rejects.toThrow(SupersededError);
  });

  test('ingests an item in doubt once more when no old request can live, and not again', async () => {
    await discover([page('1')]);
    await store.ledger.announce(await writer('page/0', 'a1'), [{ itemKey: '1', isNew: true }], NOW);
    await finalize(await writer('page/0', 'a2'), '1');
    const compare = (doubtBefore: number) => store.plan.compare(KEY, { force: false, doubtBefore });
    expect(await compare(NOW)).toMatchObject({ unchanged: 1 });
    expect(await compare(NOW + 1)).toMatchObject({ updated: 1 });
    await finalize(await writer('page/0', 'a3'), '1');
    expect(await compare(NOW + 1)).toMatchObject({ unchanged: 1 });
  });
});

describe('runs', () => {
  const report = { tenant: 'acme', outcome: 'succeeded' } as never; // only kept, never looked into

  test('drop the manifest when they end, and begin anew on a restart', async () => {
    await discover([page('1')]);
    await store.runs.addRequests(KEY, { confluence: 1, unique: 2, downloads: 3, uploads: 4 });
    await store.runs.end(KEY, report, NOW + 5);
    expect(await store.manifest.count(KEY)).toBe(0);
    await store.runs.restart(KEY);
    expect(await store.runs.get(KEY)).toMatchObject({ requests: { uploads: 4 }, report: { tenant: 'acme' } });
    expect((await store.runs.get(KEY))?.endedAt).toBeUndefined();
    expect(await store.discoveries.get(KEY, 'labels')).toBeUndefined();
  });

  test('are purged with all they left when they are old', async () => {
    await store.runs.end(KEY, report, NOW);
    await store.runs.purge(NOW + 1);
    expect(await store.runs.list('acme', 10)).toEqual([]);
  });
});

describe('the file', () => {
  test('is refused to a second opener, naming the process and the way out', async () => {
    const second = openStore({ home });
    await expect(second).rejects.toThrow(StoreLockedError);
    await expect(second).rejects.toThrow(`process ${process.pid}`);
    await expect(second).rejects.toThrow('SYNCSPACE_STORE_URL');
  });

  test('is taken over at once from a process that died', async () => {
    await store.close();
    writeFileSync(join(home, 'store.lock'), '999999 1');
    store = await openStore({ home });
    expect(await store.runs.get(KEY)).toBeDefined();
  });

  test('keeps its identity', async () => {
    const { identity } = store;
    await store.close();
    store = await openStore({ home });
    expect(store.identity).toBe(identity);
  });
});
