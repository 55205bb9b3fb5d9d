import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { Violation } from './model';
import { TemporalProcess, WorkerProcess } from './processes';
import { Dice } from './random';
import { drawSchedule, type Kill, type KillEvent, type Schedule } from './schedule';
import { type StoreKind, type StoreProcess, startStore } from './stores';
import { FaultyTenant } from './tenant';

export interface RunOptions {
  readonly seed: number;
  readonly minutes: number;
  /** At most; those for which there is no time are left out. */
  readonly kills: number;
  readonly store: StoreKind;
  /** More than one need PostgreSQL. */
  readonly workers: number;
  readonly tenants: number;
  readonly pagesPerSpace: number;
  /** Told of each decision as it is carried out. */
  readonly say?: (line: string) => void;
}

export interface RunResult {
  readonly options: RunOptions;
  readonly kills: Readonly<Partial<Record<Kill, number>>>;
  /** Of the kills, those in a moment in which requests came. */
  readonly killsAtWork: number;
  readonly edits: number;
  readonly outages: number;
  readonly commands: number;
  /** Syncs by how they ended. */
  readonly syncs: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly removals: number;
  readonly items: number;
  readonly goodCopies: number;
  /** Syncs until nothing was left to do, of the tenant that took longest. */
  readonly quietSyncs: number;
  /** How long that took. */
  readonly quietMs: number;
  /** What workers said last that ended without having been killed. */
  readonly lastWords: readonly string[];
  readonly violations: readonly Violation[];
  readonly decisions: readonly string[];
  /** When each key that differs was wanted, and the requests that named it. */
  readonly evidence: Readonly<Record<string, readonly string[]>>;
}

/** A kill comes at work when a request came so short a time before it. */
const AT_WORK_MS = 300;
/** Work that a dead worker had begun is taken up after the heartbeat time-out of half a minute; then somebody dies anyway. */
const PATIENCE_MS = 40_000;

/** One run: faults while syncs go on, then quiet, then the judgement. */
export async function runFaults(options: RunOptions): Promise<RunResult> {
  const home = mkdtempSync(join(tmpdir(), 'syncspace-faults-'));
  const dice = new Dice(options.seed);
  const durationMs = options.minutes * 60_000;
  const onPostgres = options.store === 'postgres';
  const schedule = drawSchedule(dice.seed(), { durationMs, kills: options.kills, onPostgres });
  const decisions: string[] = [];
  const began = Date.now();
  const note = (line: string): void => {
    const text = `${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`;
    decisions.push(text);
    options.say?.(text);
  };
  const stops: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true, maxRetries: 5 })];
  try {
    const tenants: FaultyTenant[] = [];
    for (let index = 0; index < options.tenants; index++) {
      const site = { seed: dice.seed(), pagesPerSpace: options.pagesPerSpace, home };
      const tenant = await FaultyTenant.start(`tenant${index + 1}`, site, note);
      tenants.push(tenant);
      stops.unshift(() => tenant.stop());
    }
    const temporal = await TemporalProcess.start(join(home, 'temporal'));
    stops.unshift(() => temporal.kill());
    const store = await startStore(options.store);
    stops.unshift(() => store.stop());
    const workers = Array.from({ length: options.workers }, (_, index) => {
      return new WorkerProcess({
        SYNCSPACE_HOME: join(home, `worker-${index}`),
        TENANT_CONFIG_PATH_PATTERN: join(home, '*-tenant-config.yaml'),
        TEMPORAL_ADDRESS: temporal.address,
        ...store.environment,
      });
    });
    stops.unshift(() => Promise.all(workers.map((worker) => worker.kill())));
    for (const worker of workers) worker.start();
    const connection = await Connection.connect({ address: temporal.address });
    stops.unshift(() => connection.close());

    const storm = new Storm(tenants, new Client({ connection }), { temporal, store, workers }, note);
    await storm.rage(schedule, durationMs);
    note('quiet');
    const quietSince = Date.now();
    const quietSyncs = Math.max(...(await storm.calm()));
    const quietMs = Date.now() - quietSince;
    const result = storm.result();
    const lastWords = workers.flatMap((one) => one.lastWords);
    const violations = [...result.violations, ...lastWords.flatMap(crash)];
    return { options, quietSyncs, quietMs, decisions, ...result, lastWords, violations };
  } finally {
    for (const stop of stops) await stop();
  }
}

/** Nothing that others do may end a worker by an error that nobody caught; one that cannot begin ends with a message. */
function crash(words: string): readonly Violation[] {
  if (!/^Node\.js v/m.test(words)) return [];
  const thrown = /^\w*error\b.*$/im.exec(words)?.[0] ?? words.trim();
  return [{ key: 'worker', what: `ended by an error that nobody caught: ${thrown}` }];
}

interface Processes {
  readonly temporal: TemporalProcess;
  readonly store: StoreProcess;
  readonly workers: readonly WorkerProcess[];
}

/** Edits, outages, commands and kills side by side, and the quiet behind them. */
class Storm {
  private readonly kills: Partial<Record<Kill, number>> = {};
  private killsAtWork = 0;
  private requests = 0;
  private lastRequestAt = 0;
  private readonly pairs;

  constructor(
    private readonly tenants: readonly FaultyTenant[],
    client: Client,
    private readonly processes: Processes,
    private readonly note: (line: string) => void,
  ) {
    this.pairs = tenants.map((tenant) => ({ tenant, operator: tenant.operator(client) }));
    for (const { sandbox } of tenants) {
      sandbox.requests.follow(() => {
        this.requests++;
        this.lastRequestAt = Date.now();
      });
    }
  }

  async rage({ events, kills }: Schedule, durationMs: number): Promise<void> {
    const began = Date.now();
    const until = (at: number) => sleep(Math.max(0, began + at - Date.now()));
    for (const { tenant, operator } of this.pairs) void tenant.keepSyncing(operator);
    const happening = async () => {
      for (const event of events) {
        await until(event.at);
        const { tenant, operator } = this.pairs[event.seed % this.pairs.length] ?? {};
        if (operator !== undefined) tenant?.carryOut(event, operator);
      }
    };
    const killing = async () => {
      for (const kill of kills) {
        const due = this.requests + kill.afterRequests;
        const patience = Date.now() + PATIENCE_MS;
        while (this.requests < due && Date.now() < patience) {
          if (Date.now() > began + durationMs) return;
          await sleep(5);
        }
        await this.kill(kill);
      }
    };
    await Promise.all([happening(), killing(), until(durationMs)]);
  }

  calm(): Promise<number[]> {
    return Promise.all(this.pairs.map(({ tenant, operator }) => tenant.calm(operator)));
  }

  result() {
    const sum = (of: (tenant: FaultyTenant) => number) => this.tenants.reduce((total, one) => total + of(one), 0);
    const violations = this.tenants.flatMap((tenant) => tenant.judge());
    const evidenceOf = ({ key }: Violation) =>
      this.tenants.flatMap(({ model }) => [...model.historyOf(key), ...model.requestsOf(key)]);
    return {
      kills: this.kills,
      killsAtWork: this.killsAtWork,
      edits: sum(({ did }) => did.edit),
      outages: sum(({ did }) => did.outage),
      commands: sum(({ did }) => did.command),
      syncs: added(this.tenants.map(({ syncs }) => syncs)),
      requests: this.requests,
      removals: sum(({ sandbox }) => sandbox.unique.removals.length),
      items: sum(({ model }) => model.wantedCount()),
      goodCopies: sum(({ goodCopies }) => goodCopies),
      violations,
      evidence: Object.fromEntries(violations.map((one) => [one.key, evidenceOf(one)])),
    };
  }

  private async kill({ what, victim, downMs }: KillEvent): Promise<void> {
    const { temporal, store, workers } = this.processes;
    this.note(`kill ${what}, down for ${downMs} ms`);
    this.kills[what] = (this.kills[what] ?? 0) + 1;
    if (Date.now() - this.lastRequestAt < AT_WORK_MS) this.killsAtWork++;
    switch (what) {
      case 'worker': {
        const worker = workers[victim % workers.length];
        await worker?.kill();
        await sleep(downMs);
        worker?.start();
        return;
      }
      case 'server':
        temporal.kill();
        await sleep(downMs);
        await temporal.restart();
        return;
      case 'connections':
        await store.cutConnections();
        return;
      case 'storeServer':
        await store.restart(downMs);
    }
  }
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((one) => Object.entries(one))) total[name] = (total[name] ?? 0) + count;
  return total;
}
