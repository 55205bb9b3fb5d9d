import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../sandbox';
import { findPostgres, startPostgres } from '../../store/contract/postgres-server.contract';

const WINDOW_MS = 10_000;
const PAUSE_MS = 5_000;
/** For what was on its way when the refusal was answered, on a machine that does much else. */
const ON_THE_WAY_MS = 1_000;

const programs = findPostgres();

(programs === undefined ? test.skip : test)(
  'W-41 W-43 W-44 two tenants in two processes share the budget of a site, and a refusal quiets all of them',
  async () => {
    if (programs === undefined) return;
    const postgres = await startPostgres(programs);
    const sandbox = await startSandbox({ flavor: 'data-center' });
    const processes: ChildProcess[] = [];
    const failures: unknown[] = [];
    try {
      await postgres.createDatabase('limits');
      const input = { home: '/nonexistent', storeUrl: postgres.url('limits'), baseUrl: sandbox.confluenceUrl };
      for (let i = 0; i < 2; i++) {
        const child = fork(join(__dirname, 'hurried-process.cjs'), { execArgv: [] });
        processes.push(child);
        child.on('message', (message) => failures.push(message));
        child.send({ ...input, requestsPerMinute: 600 });
      }
      await requests(sandbox, 110);
      sandbox.faults.add({ route: 'confluence.manifest', kind: 'status', status: 429, retryAfter: 5, times: 1 });
      await until(() => sandbox.requests.entries.some(({ status }) => status === 429));
      await requests(sandbox, sandbox.requests.count() + 30);
    } finally {
      for (const child of processes) child.kill();
      await sandbox.close();
      await postgres.remove();
    }
    expect(failures).toEqual([]);
    const entries = sandbox.requests.entries;
    const times = entries.map(({ time }) => time).sort((a, b) => a - b);
    const inWindow = times.map((from) => times.filter((time) => time >= from && time < from + WINDOW_MS).length);
    expect(Math.max(...inWindow)).toBeLessThanOrEqual(110);
    // Enough to show that the budget is used, too.
    expect(Math.max(...inWindow)).toBeGreaterThanOrEqual(50);

    const refused = entries.find(({ status }) => status === 429)?.time ?? 0;
    const quiet = times.filter((time) => time > refused + ON_THE_WAY_MS && time < refused + PAUSE_MS);
    expect(quiet).toEqual([]);
    // No burst at its end either.
    const after = times.filter((time) => time >= refused + PAUSE_MS && time < refused + PAUSE_MS + 1_000);
    expect(after.length).toBeLessThanOrEqual(25);
  },
  90_000,
);

const requests = (sandbox: Sandbox, count: number) => until(() => sandbox.requests.count() >= count);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
