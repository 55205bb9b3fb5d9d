import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantReport } from '../../client';
import { bareLoop } from './bare-loop';

// node dist/bench/first-sync/main.js [spaces] [pages a space] [an attachment every n pages]
// A first sync beside the bare loop, each on a fresh site of its own, in one run: machines differ, ratios less.

interface SiteState {
  readonly finished: number;
  readonly requests: Readonly<Record<string, number>>;
}

const sizes = process.argv.slice(2, 5);
const SEARCHES = ['confluence.search', 'confluence.body'];

void (async () => {
  const bare = await onFreshSite(async (directory) => {
    const started = Date.now();
    const items = await bareLoop(directory);
    return { seconds: (Date.now() - started) / 1000, items, peakMiB: process.resourceUsage().maxRSS / 1024 };
  });
  const sync = await onFreshSite(syncOnce);
  const again = sync.result.again;
  const row = (name: string, items: number, seconds: number, peakMiB: number, requests: number) =>
    console.log(
      `${name.padEnd(12)} ${String(items).padStart(7)} items ${seconds.toFixed(1).padStart(7)} s ${(items / seconds).toFixed(0).padStart(6)} items/s ${peakMiB.toFixed(0).padStart(6)} MiB ${(requests / items).toFixed(2).padStart(6)} requests/item`,
    );
  const all = (state: SiteState) =>
    Object.entries(state.requests)
      .filter(([route]) => !route.endsWith('token'))
      .reduce((sum, [, count]) => sum + count, 0);
  row('bare loop', bare.result.items, bare.result.seconds, bare.result.peakMiB, all(bare.state));
  row('SyncSpace', sync.result.items, sync.result.seconds, sync.result.peakMiB, all(sync.result.state));
  console.log(
    `ratio ${(sync.result.items / sync.result.seconds / (bare.result.items / bare.result.seconds)).toFixed(2)} of the bare loop's speed`,
  );
  console.log(
    `Confluence requests per page, downloads aside: ${(SEARCHES.reduce((sum, route) => sum + (sync.result.state.requests[route] ?? 0), 0) / sync.result.pages).toFixed(3)}`,
  );
  console.log(
    `a sync without changes: ${again.seconds.toFixed(1)} s, ${((again.requests * 1000) / sync.result.items).toFixed(1)} requests per 1,000 items`,
  );
  console.log(`finished in Unique: ${sync.state.finished} of ${sync.result.items}`);
})();

async function syncOnce(directory: string, site: ChildProcess) {
  const first = await syncCommand(directory);
  const state = await stateOf(site);
  const second = await syncCommand(directory);
  const { confluence, unique, downloads, uploads } = second.report.requests;
  return {
    items: first.report.totals.new,
    pages: first.report.totals.new - first.report.requests.downloads,
    seconds: first.seconds,
    peakMiB: first.peakMiB,
    state,
    again: { seconds: second.seconds, requests: confluence + unique + downloads + uploads },
  };
}

/** `syncspace sync bench --json`, with an embedded server; time from the report, so that the server's start does not count. */
async function syncCommand(
  directory: string,
): Promise<{ readonly report: TenantReport; readonly seconds: number; readonly peakMiB: number }> {
  const environment = {
    ...process.env,
    SYNCSPACE_HOME: join(directory, 'home'),
    TENANT_CONFIG_PATH_PATTERN: join(directory, '*-tenant-config.yaml'),
    LOG_LEVEL: 'error',
  };
  const main = join(__dirname, '../../cli/main.js');
  const child = spawn(process.execPath, [main, 'sync', 'bench', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakKiB = 0;
  const watch = setInterval(() => (peakKiB = Math.max(peakKiB, peakOf(child.pid))), 200);
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  clearInterval(watch);
  const report = JSON.parse(text) as TenantReport; // the command's contract
  const seconds = (Date.parse(report.endedAt) - Date.parse(report.startedAt)) / 1000;
  return { report, seconds, peakMiB: peakKiB / 1024 };
}

/** Largest resident size so far, where the system tells. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function onFreshSite<T>(
  work: (directory: string, site: ChildProcess) => Promise<T>,
): Promise<{ result: T; state: SiteState }> {
  const directory = mkdtempSync(join(tmpdir(), 'syncspace-bench-'));
  const site = fork(join(__dirname, 'site-process.js'), [directory, ...sizes]);
  try {
    await answer(site);
    const result = await work(directory, site);
    return { result, state: await stateOf(site) };
  } finally {
    site.send('stop');
    rmSync(directory, { recursive: true, force: true });
  }
}

function stateOf(site: ChildProcess): Promise<SiteState> {
  site.send('state');
  return answer(site) as Promise<SiteState>; // site-process.ts answers so
}

function answer(site: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    site.once('message', resolve);
    site.once('exit', (code) => reject(new Error(`The site ended with ${code}.`)));
  });
}
