import {
  NativeConnection,
  type NativeConnectionOptions,
  Worker,
  type WorkerOptions as TemporalWorkerOptions,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { createMainActivities, createReadActivities, createTenantActivities } from '../activities';
import type { Environment } from '../config/environment';
import type { ConfigProblem } from '../config/errors';
import { loadTenants } from '../config/load';
import type { TenantConfig } from '../config/tenant';
import { taskQueue } from '../rules/workflow-names';
import { openStore } from '../store/open';
import type { Store } from '../store/store';
import { workflowBundlePath } from './bundle-path';
import { type ClosableDeployment, createDeployment } from './deployment';
import { createProxy } from './proxy';
import { installRuntime } from './runtime';
import { versioning } from './versioning';

export interface WorkerOptions {
  readonly environment: Environment;
  readonly temporal: { readonly connectionOptions: NativeConnectionOptions; readonly namespace: string };
  /** Polls only `syncspace-read`: nothing is synced. */
  readonly readOnly?: boolean;
  readonly logger: Logger;
}

export interface RunningWorker {
  readonly tenants: readonly TenantConfig[];
  readonly problems: readonly ConfigProblem[];
  /** Resolves when it has shut down; rejects when it died. */
  readonly ended: Promise<void>;
  /** Drains: no new slice starts, running ones stop at their next batch. Resolves when everything has ended. */
  shutdown(): Promise<void>;
}

/** Slices of a window of spaces, and short steps beside them; more wait in the queue. */
const SLOTS_PER_TENANT = 16;
/** Activities learn at once that they should stop, and have this long before their attempt is given up. */
const DRAIN = { shutdownGraceTime: '0 seconds', shutdownForceTime: '60 seconds' } as const;
/** Pause and cancel reach an activity with its heartbeats, so these decide how soon it stops. */
const HEARTBEATS = {
  maxHeartbeatThrottleInterval: '5 seconds',
  defaultHeartbeatThrottleInterval: '5 seconds',
} as const;

/**
 * Starts all pollers of one process: workflows, what only reads, and one queue a tenant.
 *
 * @throws {ConfigurationError} no tenant file was found
 * @throws {StoreLockedError} another worker has the SQLite store
 * @throws {StoreUnavailableError} @throws {WorkflowBundleMissingError}
 */
export async function startWorker({
  environment,
  temporal,
  readOnly = false,
  logger,
}: WorkerOptions): Promise<RunningWorker> {
  installRuntime(logger);
  const loaded = await loadTenants({ pattern: environment.tenantConfigPattern });
  for (const { file, path, message } of loaded.warnings) logger.warn({ file, path }, message);
  const store = await openStore({
    home: environment.home,
    ...(environment.storeUrl === undefined ? {} : { url: environment.storeUrl }),
  });
  try {
    const connection = await NativeConnection.connect(temporal.connectionOptions);
    const shared = { store, log: logger, proxy: createProxy(environment.proxy) };
    const deployment = createDeployment(loaded, { connection, namespace: temporal.namespace }, shared);
    const base = { connection, namespace: temporal.namespace, ...DRAIN };
    const queues = readOnly
      ? [readingQueue(deployment, environment)]
      : allQueues(deployment, environment, loaded.tenants);
    const workers = await Promise.all(queues.map((queue) => Worker.create({ ...base, ...queue })));
    const ended = run(workers, { connection, deployment, store });
    return { tenants: loaded.tenants, problems: loaded.problems, ended, shutdown: () => shutDown(workers, ended) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

type Queue = Pick<TemporalWorkerOptions, 'taskQueue'> & Partial<TemporalWorkerOptions>;

/** One workflow worker a process: each has a thread and some 60 MiB of its own. */
function allQueues(
  deployment: ClosableDeployment,
  environment: Environment,
  tenants: readonly TenantConfig[],
): Queue[] {
  const served = tenants.filter(({ status }) => status !== 'inactive');
  return [
    {
      ...workflows(environment),
      taskQueue: taskQueue.main,
      activities: createMainActivities(deployment),
      maxCachedWorkflows: 500,
      ...HEARTBEATS,
    },
    { taskQueue: taskQueue.read, activities: createReadActivities(deployment), ...HEARTBEATS },
    ...served.map(({ tenant }) => tenantQueue(deployment, tenant)),
  ];
}

/** Workflows that only read run here too, because a worker that only reads takes none from the main queue. */
function readingQueue(deployment: ClosableDeployment, environment: Environment): Queue {
  const activities = createReadActivities(deployment);
  return { ...workflows(environment), taskQueue: taskQueue.read, activities, maxCachedWorkflows: 10, ...HEARTBEATS };
}

function tenantQueue(deployment: ClosableDeployment, tenant: string): Queue {
  return {
    taskQueue: taskQueue.tenant(tenant),
    activities: createTenantActivities(deployment),
    maxConcurrentActivityTaskExecutions: SLOTS_PER_TENANT,
    // Fixed pollers, five a queue, would be over a server's limit with many tenants.
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: 4 },
    ...HEARTBEATS,
  };
}

function workflows(environment: Environment): Partial<TemporalWorkerOptions> {
  return { workflowBundle: { codePath: workflowBundlePath() }, ...versioning(environment) };
}

async function run(
  workers: readonly Worker[],
  {
    connection,
    deployment,
    store,
  }: { readonly connection: NativeConnection; readonly deployment: ClosableDeployment; readonly store: Store },
): Promise<void> {
  try {
    // When one of them dies, the others stop too: half a worker would look alive.
    await Promise.all(workers.map((worker) => worker.run().finally(() => stop(workers))));
  } finally {
    deployment.close();
    await store.close();
    await connection.close();
  }
}

function stop(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

async function shutDown(workers: readonly Worker[], ended: Promise<void>): Promise<void> {
  stop(workers);
  await ended;
}
