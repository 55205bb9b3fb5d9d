/**
 * How long the store takes for a large space, and how much memory: `node dist/bench/store.js [rows]…`, by default 200,000
 * and 1,000,000. On SQLite in a temporary folder; on PostgreSQL where SYNCSPACE_STORE_URL names an empty database.
 *
 * Memory must stay flat: as many rows more must not cost as much memory more.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { NO_REQUESTS, NOTHING_VERIFIED, NO_ITEMS, type TenantReport } from '../rules/report';
import { openStore } from '../store/open';
import type { ManifestRow, SpaceRunKey, Store, Writer } from '../store/store';

const ROWS_A_LISTING_PAGE = 250;
const ROWS_A_BATCH = 200;
const MIB = 1024 * 1024;
const BOUNDS = { pages: 200, attachments: 100, attachmentBytes: 256 * MIB };
const NOT_FORCED = { force: false, doubtBefore: 0, comparedBefore: 0 };

async function main(): Promise<void> {
  const sizes = process.argv.slice(2).map(Number);
  for (const rows of sizes.length > 0 ? sizes : [200_000, 1_000_000]) await measure(rows);
}

async function measure(rows: number): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'syncspace-bench-'));
  const url = process.env.SYNCSPACE_STORE_URL;
  const store = await openStore({ home, ...(url === undefined ? {} : { url }) });
  print(`\n${rows.toLocaleString('en')} rows`);
  const startRss = process.memoryUsage.rss();
  const first = { tenant: `bench-${rows}`, run: 'first', spaceKey: 'ENG' };
  const second = { ...first, run: 'second' };
  try {
    await timed('discover, keys in any order', () => discover(store, first, rows));
    await timed('compare with an empty ledger', () => store.plan.compare(first, NOT_FORCED));
    const cut = await timed('cut slices', () => store.plan.cutSlices(first, BOUNDS));
    await timed('read all slices', () => readSlices(store, first, cut.pages.to));
    await timed(`announce and record, ${ROWS_A_BATCH} at a time`, () => ingest(store, first, cut.pages.to));
    await timed('totals and held', async () => [await store.plan.totals(first), await store.plan.countHeld(first)]);
    await timed('end the run: drop its manifest', () => store.runs.end(first, reportOf(first), 1));
    await timed('discover again', () => discover(store, second, rows));
    await store.spaces.setCompared(second.tenant, second.spaceKey, '7', 1);
    const hasWork = await timed('has work? (nothing changed)', () => store.plan.hasWork(second, NOT_FORCED));
    const counts = await timed('compare, nothing changed', () => store.plan.compare(second, NOT_FORCED));
    await timed('read keys and times for the file diff', () => readFiles(store, second));
    if (hasWork || counts.unchanged !== rows) throw new Error(`Wrong: ${JSON.stringify({ hasWork, counts })}`);
    await store.runs.end(second, reportOf(second), 2);
  } finally {
    await store.close();
    await rm(home, { recursive: true });
  }
  const grown = (process.resourceUsage().maxRSS * 1024 - startRss) / MIB;
  print(`${'memory, highest above start'.padEnd(44)} ${grown.toFixed(0).padStart(7)} MiB`);
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  delay.disable();
  const rss = process.memoryUsage.rss() / MIB;
  const blocked = delay.max / 1e6;
  print(
    `${name.padEnd(44)} ${seconds.toFixed(2).padStart(7)} s   rss ${rss.toFixed(0)} MiB   blocked ${blocked.toFixed(0)} ms at most`,
  );
  return result;
}

async function discover(store: Store, key: SpaceRunKey, rows: number): Promise<void> {
  await store.runs.begin({ ...key, workflowId: 'bench', startedAt: 0 });
  for (let from = 0; from < rows; from += ROWS_A_LISTING_PAGE) {
    const page = Array.from({ length: Math.min(ROWS_A_LISTING_PAGE, rows - from) }, (_, index) => row(from + index));
    const next = from + ROWS_A_LISTING_PAGE < rows ? `cursor-${from}` : undefined;
    await store.discoveries.addPage(key, 'labels', page, next);
    // As between two answers of Confluence.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Consecutive rows are far apart in the order of keys, as search results are. */
function row(number: number): ManifestRow {
  const id = String(100_000 + ((number * 7_919) % 1_000_003) * 37);
  return {
    spaceKey: 'ENG',
    spaceId: '7',
    spaceName: 'Engineering',
    itemKey: id,
    kind: 'page',
    pageId: id,
    pageType: 'page',
    title: `How the retrofit of unit ${id} was planned and what came of it`,
    version: 3,
    updatedAtIso: '2026-01-01T00:00:00.000Z',
    url: `https://acme.atlassian.net/wiki/spaces/ENG/pages/${id}`,
    fingerprint: `hJx1Yl6rJ1o3m0w9q2zQz8cXv5b7n4k6t8y0u2i4o${id}`,
    isRoot: false,
    hasMoreAttachments: false,
  };
}

async function readSlices(store: Store, key: SpaceRunKey, slices: number): Promise<void> {
  for (let slice = 0; slice < slices; slice++) {
    await store.plan.slice(key, 'page', slice);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function ingest(store: Store, key: SpaceRunKey, slices: number): Promise<void> {
  await store.leases.holdSpace(key, 0, 60_000);
  for (let slice = 0; slice < slices; slice++) {
    const writer: Writer = { ...key, slice: `page/${slice}`, attempt: `attempt-${slice}` };
    await store.leases.claimSlice(writer, 0);
    const rows = await store.plan.slice(key, 'page', slice);
    await store.ledger.announce(writer, rows, 0);
    const done = rows.map(({ itemKey, fingerprint, version }) => ({
      itemKey,
      fingerprint,
      version,
      contentId: itemKey,
    }));
    await store.ledger.recordFinalized(writer, done, 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function readFiles(store: Store, key: SpaceRunKey): Promise<void> {
  for await (const { itemKey } of store.manifest.files(key)) void itemKey;
}

function reportOf({ tenant, run }: SpaceRunKey): TenantReport {
  return {
    tenant,
    workflowId: 'bench',
    runId: run,
    outcome: 'succeeded',
    startedAt: '',
    endedAt: '',
    totals: NO_ITEMS,
    verification: NOTHING_VERIFIED,
    requests: NO_REQUESTS,
    spacesTotal: 0,
    spaces: [],
    failures: [],
  };
}

const print = (line: string) => void process.stdout.write(`${line}\n`);

void main();
