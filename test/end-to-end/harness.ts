import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createSyncClient, type SyncClient, type TenantReport } from '../../client';
import { readEnvironment } from '../../config/environment';
import { type ConfigSection, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';
import { createLogger } from '../../worker/logging';
import { installRuntime } from '../../worker/runtime';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { localServer } from '../workflows/environment';

/** A tenant between an emulated site and an emulated platform, with a real worker on a real Temporal server. */
export interface Rig {
  readonly sandbox: Sandbox;
  readonly sync: SyncClient;
  readonly client: Client;
  readonly home: string;
  /** Requests a sync and awaits its report. */
  run(request?: Parameters<SyncClient['requestSync']>[1]): Promise<TenantReport>;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
}

const LOGGER = createLogger({ logLevel: 'error' });

/** Fast enough not to wait for budgets; limits are another test's matter. */
export const UNHURRIED: ConfigSection = {
  confluence: { apiRateLimitPerMinute: 600_000 },
  unique: { apiRateLimitPerMinute: 600_000 },
  processing: { concurrency: 8 },
};

export interface RigOptions extends SandboxOptions {
  /** Laid over the tenant file that the sandbox writes. */
  readonly overrides?: ConfigSection;
  /** Before the first worker starts: writes a tenant file of its own, fills the platform. */
  readonly prepare?: (sandbox: Sandbox, home: string) => Promise<void>;
}

export async function withRig(
  temporal: TestWorkflowEnvironment,
  { overrides = {}, prepare, ...sandboxOptions }: RigOptions,
  work: (rig: Rig) => Promise<void>,
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'syncspace-test-'));
  const sandbox = await startSandbox(sandboxOptions);
  let worker: RunningWorker | undefined;
  try {
    await sandbox.writeTenantFile(home, merge(UNHURRIED, overrides));
    await prepare?.(sandbox, home);
    const client = temporal.client;
    const sync = createSyncClient({ client });
    const start = async () => {
      worker = await startWorker({
        environment: readEnvironment({
          SYNCSPACE_HOME: home,
          TENANT_CONFIG_PATH_PATTERN: join(home, '*-tenant-config.yaml'),
          LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
        }),
        temporal: { connectionOptions: { address: temporal.address }, namespace: 'default' },
        logger: LOGGER,
      });
    };
    const stop = async () => {
      await worker?.shutdown();
      worker = undefined;
    };
    await start();
    await work({
      sandbox,
      sync,
      client,
      home,
      run: async (request) => (await sync.requestSync(sandbox.tenant, request)).result(),
      startWorker: start,
      stopWorker: stop,
    });
  } finally {
    await worker?.shutdown();
    await sandbox.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** A real server, with the search attributes that a sync sets. */
export function temporalServer(): Promise<TestWorkflowEnvironment> {
  installRuntime(LOGGER); // before the environment, whose connection would install another one
  return localServer({ searchAttributes: true });
}

export async function connect(address: string): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address }) });
}

function merge(a: ConfigSection, b: ConfigSection): ConfigSection {
  const isSection = (value: unknown): value is ConfigSection =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  const both = (key: string): unknown => {
    const [left, right] = [a[key], b[key]];
    if (isSection(left) && isSection(right)) return merge(left, right);
    return key in b ? right : left;
  };
  return Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, both(key)]));
}
