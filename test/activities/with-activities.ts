import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createMainActivities, createReadActivities, createTenantActivities } from '../../activities';
import type { Deployment, ImageMemory } from '../../activities/context';
import { UnknownTenantError } from '../../config/errors';
import { findTenant, loadTenants } from '../../config/load';
import { type ConfigSection, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';
import { openStore } from '../../store/open';
import type { Store } from '../../store/store';
import { createLogger } from '../../worker/logging';
import { closeTenantContext, createTenantContext } from '../../worker/tenant-context';
import { UNHURRIED } from '../end-to-end/harness';

const QUIET = { logger: new DefaultLogger('ERROR') };

/** Activities as a worker builds them, over real HTTP and a real store, without a Temporal server. */
export interface Activities {
  readonly sandbox: Sandbox;
  /** Moves the clock of the activities on; the servers keep theirs. */
  later(minutes: number): void;
  /** What that clock shows. */
  now(): number;
  /** Everything goes on with a new, empty store. */
  loseStore(): Promise<void>;
  readonly store: Store;
  readonly tenant: string;
  readonly main: ReturnType<typeof createMainActivities>;
  readonly steps: ReturnType<typeof createTenantActivities>;
  /** Runs one activity in an environment of its own; `attempt` tells executions apart. */
  run<I, R>(activity: (input: I) => Promise<R>, input: I, attempt?: number, heartbeatDetails?: object): Promise<R>;
  /** Reads as a worker does that finds no tenant file any more. */
  withoutFile<R>(read: (activities: ReturnType<typeof createReadActivities>) => Promise<R>): Promise<R>;
  /** The same, and what cancels it. */
  start<I, R>(activity: (input: I) => Promise<R>, input: I): { readonly result: Promise<R>; cancel(): void };
}

export interface ActivitiesOptions extends SandboxOptions {
  readonly overrides?: ConfigSection;
  /** Another one than the worker's. */
  readonly imageMemory?: ImageMemory;
}

export async function withActivities(
  { overrides = {}, imageMemory, ...options }: ActivitiesOptions,
  work: (activities: Activities) => Promise<void>,
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'syncspace-activities-'));
  const sandbox = await startSandbox(options);
  const config = findTenant(
    await loadTenants({ pattern: await sandbox.writeTenantFile(home, { ...UNHURRIED, ...overrides }) }),
    sandbox.tenant,
  );
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const opened: Awaited<ReturnType<typeof deploy>>[] = [];
  const deploy = async () => {
    const store = await openStore({ home: join(home, `store-${opened.length}`) });
    const made = createTenantContext(config, {
      store,
      log: createLogger({ logLevel: 'silent' }),
      proxy: () => undefined,
    });
    const context = imageMemory === undefined ? made : { ...made, imageMemory };
    const deployment: Deployment = {
      store,
      tenant: () => context,
      tenantNames: () => [{ tenant: sandbox.tenant, status: 'active' }],
      searchAttributes: () => Promise.resolve([]),
      runningType: () => Promise.resolve(undefined),
      knowsRun: () => Promise.resolve(false),
      now,
    };
    const withoutFile: Deployment = {
      ...deployment,
      tenant: (name) => {
        throw new UnknownTenantError(name, []);
      },
    };
    const reads = createReadActivities(withoutFile);
    return { store, context, reads, main: createMainActivities(deployment), steps: createTenantActivities(deployment) };
  };
  const open = async (): Promise<void> => void opened.push(await deploy());
  const current = () => opened[opened.length - 1] as Awaited<ReturnType<typeof deploy>>; // one is opened first
  try {
    await open();
    await work({
      sandbox,
      tenant: sandbox.tenant,
      later: (minutes) => void (aheadMs += minutes * 60_000),
      now,
      loseStore: open,
      get store() {
        return current().store;
      },
      get main() {
        return current().main;
      },
      get steps() {
        return current().steps;
      },
      run: (activity, input, attempt = 1, heartbeatDetails = undefined) =>
        new MockActivityEnvironment({ attempt, heartbeatDetails }, QUIET).run(activity, input),
      withoutFile: (read) => new MockActivityEnvironment({}, QUIET).run(() => read(current().reads)),
      start(activity, input) {
        const environment = new MockActivityEnvironment({}, QUIET);
        return { result: environment.run(activity, input), cancel: () => environment.cancel() };
      },
    });
  } finally {
    for (const { context, store } of opened) {
      closeTenantContext(context);
      await store.close();
    }
    await sandbox.close();
    await rm(home, { recursive: true, force: true });
  }
}
