import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Gate, type Sandbox, startSandbox } from '../../sandbox';
import { findPostgres, startPostgres } from '../../store/contract/postgres-server.contract';
import { until } from '../until';

const WINDOW_MS = 10_000;
const PAUSE_MS = 5_000;
const PROCESSES = 2;
const CALLERS_A_TENANT = 5;
/** Of two tenants in each process. */
const CALLERS = PROCESSES * 2 * CALLERS_A_TENANT;
const ROUTE = 'confluence.manifest';

const programs = findPostgres();

(programs === undefined ? test.skip : test)(
  'W-41 W-43 W-44 two tenants in two processes share the budget of a site, and a refusal quiets all of them',
  async () => {
    if (programs === undefined) return;
    const postgres = await startPostgres(programs);
    const sandbox = await startSandbox({ flavor: 'data-center' });
    const processes: ChildProcess[] = [];
    const [failures, refusals]: [string[], string[]] = [[], []];
    try {
      await postgres.createDatabase('limits');
      const storeUrl = postgres.url('limits');
      const input = {
        home: '/nonexistent',
        storeUrl,
        baseUrl: sandbox.confluenceUrl,
        callersATenant: CALLERS_A_TENANT,
      };
      for (let i = 0; i < PROCESSES; i++) {
        const child = fork(join(__dirname, 'hurried-process.cjs'), { execArgv: [] });
        processes.push(child);
        child.on('message', ({ failed }: { readonly failed: string }) => {
          (failed.startsWith('RateLimitedError') ? refusals : failures).push(failed);
        });
        child.send({ ...input, requestsPerMinute: 600 });
      }
      await requests(sandbox, 110);
      // Every caller but one waits for its answer when that one is refused: whatever arrives after that was sent after it.
      const gate = new Gate();
      sandbox.faults.add({ route: ROUTE, kind: 'hold', gate, times: CALLERS - 1 });
      sandbox.faults.add({ route: ROUTE, kind: 'status', status: 429, retryAfter: 5, times: 1 });
      await until(() => refusals.length > 0);
      gate.open();
      await requests(sandbox, sandbox.requests.count() + CALLERS + 30);
    } finally {
      for (const child of processes) child.kill();
      await sandbox.close();
      await postgres.remove();
    }
    expect([failures, refusals.length]).toEqual([[], 1]);
    const entries = sandbox.requests.entries;
    const times = entries.map(({ time }) => time).sort((a, b) => a - b);
    const inWindow = times.map((from) => times.filter((time) => time >= from && time < from + WINDOW_MS).length);
    expect(Math.max(...inWindow)).toBeLessThanOrEqual(110);
    // Enough to show that the budget is used, too.
    expect(Math.max(...inWindow)).toBeGreaterThanOrEqual(50);

    const refused = entries.find(({ status }) => status === 429)?.time ?? 0;
    expect(times.filter((time) => time > refused && time < refused + PAUSE_MS)).toEqual([]);
    // No burst at its end either.
    const after = times.filter((time) => time >= refused + PAUSE_MS && time < refused + PAUSE_MS + 1_000);
    expect(after.length).toBeLessThanOrEqual(25);
  },
  90_000,
);

const requests = (sandbox: Sandbox, count: number) => until(() => sandbox.requests.count() >= count);
