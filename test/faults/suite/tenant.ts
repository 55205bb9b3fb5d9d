import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createSyncClient, type TenantReport } from '../../../client';
import { type Sandbox, startSandbox } from '../../../sandbox';
import { Operator } from './commands';
import { calmSite, editSite } from './edits';
import { Model, type Violation } from './model';
import { breakSomething } from './outages';
import { Dice } from './random';
import type { Event } from './schedule';
import { randomSite } from './site';

/** Grace and doubt are more than an index lags, and than a request may come late; see outages.ts. */
const SHORT_MS = 6_000;
const MINUTES = SHORT_MS / 60_000;
const CONFIG = {
  processing: { concurrency: 8 },
  deletion: { graceMinutes: MINUTES },
  verify: { waitMinutes: 0, doubtMinutes: MINUTES },
};
/** A dead run's lease on a space holds for five minutes. */
const QUIET_WITHIN_MS = 12 * 60_000;

/** How often it is noted what a sync waits for. */
const LOOK_EVERY_MS = 20_000;

/** One emulated site and platform, those who edit and sync it, and the model that watches. */
export class FaultyTenant {
  readonly syncs: Record<string, number> = {};
  readonly did = { edit: 0, outage: 0, command: 0 };
  private readonly ends: (() => void)[] = [];
  private readonly judging: NodeJS.Timeout;
  private over = false;

  private constructor(
    readonly sandbox: Sandbox,
    readonly model: Model,
    private readonly note: (line: string) => void,
  ) {
    this.judging = setInterval(() => model.judgeRemovals(), 50);
  }

  static async start(
    name: string,
    { seed, pagesPerSpace, home }: { seed: number; pagesPerSpace: number; home: string },
    note: (line: string) => void,
  ): Promise<FaultyTenant> {
    const dice = new Dice(seed);
    const flavor = dice.pick(['cloud', 'data-center'] as const);
    const sandbox = await startSandbox({ flavor, tenant: name, site: randomSite(dice, pagesPerSpace) });
    await sandbox.writeTenantFile(home, CONFIG);
    note(`${name}: ${flavor}`);
    return new FaultyTenant(sandbox, new Model(sandbox), (line) => note(`${name}: ${line}`));
  }

  operator(client: Client): Operator {
    return new Operator(client, createSyncClient({ client }), this.sandbox.tenant);
  }

  /** There is always a sync to disturb. */
  async keepSyncing(operator: Operator): Promise<void> {
    while (!this.over) {
      try {
        const report = await operator.syncAndWait();
        this.count(report);
        if (report.outcome === 'failed') this.noteReport('sync', report);
      } catch {
        // Without a report: terminated, or the server was away. The next one tells.
        this.syncs['no report'] = (this.syncs['no report'] ?? 0) + 1;
      }
      await sleep(200);
    }
  }

  carryOut(event: Event, operator: Operator): void {
    switch (event.kind) {
      case 'edit': {
        const done = editSite(this.sandbox.site, event.what, event.seed);
        this.model.sawEdit();
        if (done === undefined) return;
        this.note(done);
        break;
      }
      case 'outage': {
        const { text, forMs, end } = breakSomething(this.sandbox, event.what, event.seed);
        this.note(text);
        this.ends.push(end);
        setTimeout(end, forMs).unref();
        break;
      }
      case 'command':
        this.note(event.what);
        // Nothing to resume, no server to ask: a person would shrug, too.
        void operator.give(event.what, event.seed).catch(() => undefined);
    }
    this.did[event.kind]++;
  }

  /** Faults off, everybody sees everything: syncs until one has nothing left to do. Returns how many it took. */
  async calm(operator: Operator): Promise<number> {
    const looking = setInterval(() => void this.noteWaits(operator), LOOK_EVERY_MS);
    return this.syncUntilClean(operator).finally(() => clearInterval(looking));
  }

  private async syncUntilClean(operator: Operator): Promise<number> {
    this.over = true;
    for (const end of this.ends.splice(0)) end();
    calmSite(this.sandbox.site);
    this.model.sawEdit();
    const deadline = Date.now() + QUIET_WITHIN_MS;
    await operator.give('resume', 1).catch(() => undefined);
    await sleep(SHORT_MS + 500);
    for (let syncs = 1; Date.now() < deadline; syncs++) {
      try {
        const report = await within(deadline, operator.syncAndWait({ approving: true }));
        this.count(report);
        this.noteReport(`quiet sync ${syncs}`, report);
        if (isClean(report)) return syncs;
        await sleep(report.totals.held + report.totals.failed > 0 ? SHORT_MS + 500 : 500);
      } catch (error) {
        this.note(`quiet sync ${syncs}: ${String(error)}`);
        await operator.give('resume', 1).catch(() => undefined);
        await sleep(1_000);
      }
    }
    const what = `no sync came to a clean end within ${QUIET_WITHIN_MS / 60_000} minutes of quiet`;
    this.model.violations.push({ key: this.sandbox.tenant, what });
    return 0;
  }

  /** What was removed wrongly at any time, and what differs now. */
  judge(): readonly Violation[] {
    this.model.judgeRemovals();
    return [...this.model.violations, ...this.model.differences()];
  }

  /** Contents that were finalized at least once: good copies that must not have been lost. */
  get goodCopies(): number {
    return [...this.sandbox.unique.store.upserts.values()].filter(({ finalize }) => finalize > 0).length;
  }

  async stop(): Promise<void> {
    clearInterval(this.judging);
    await this.sandbox.close();
  }

  private count({ outcome }: TenantReport): void {
    this.syncs[outcome] = (this.syncs[outcome] ?? 0) + 1;
  }

  /** A quiet that lasts has a reason: an operator would want to know, too. */
  private async noteWaits(operator: Operator): Promise<void> {
    for (const wait of await operator.waits()) this.note(`waits: ${wait}`);
  }

  private noteReport(which: string, report: TenantReport): void {
    this.note(`${which}: ${report.outcome} ${JSON.stringify(report.totals)} ${report.message ?? ''}`);
    for (const { spaceKey, outcome, message, blocked } of report.spaces) {
      if (outcome !== 'succeeded') this.note(`  ${spaceKey} ${outcome}: ${message ?? blocked?.reason ?? ''}`);
    }
    for (const { itemKey, message } of report.failures.slice(0, 3)) this.note(`  ${itemKey} ${message}`);
  }
}

function isClean({ outcome, totals }: TenantReport): boolean {
  const { new: added, updated, moved, deleted, held, failed } = totals;
  return outcome === 'succeeded' && added + updated + moved + deleted + held + failed === 0;
}

/** A sync that never ends must not keep the suite from its verdict. */
async function within<T>(deadline: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = sleep(Math.max(0, deadline - Date.now()), undefined, { signal: over.signal }).then(() => {
    throw new Error('the sync did not end in time');
  });
  return Promise.race([work, late]).finally(() => over.abort());
}
