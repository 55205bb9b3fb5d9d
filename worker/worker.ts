import {
  NativeConnection,
  type NativeConnectionOptions,
  type WorkerOptions as TemporalWorkerOptions,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { createMainActivities, createReadActivities, createTenantActivities } from '../activities';
import type { Environment } from '../config/environment';
import type { ConfigProblem } from '../config/errors';
import { followTenants } from '../config/follow';
import { type LoadedTenants, loadTenants } from '../config/load';
import type { TenantConfig } from '../config/tenant';
import { taskQueue } from '../rules/workflow-names';
import { openStore } from '../store/open';
import { workflowBundlePath } from './bundle-path';
import { type ClosableDeployment, createDeployment } from './deployment';
import { Pollers } from './pollers';
import { proxyOf } from './proxy';
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
 * Starts all pollers of one process: workflows, what only reads, and one queue a tenant. Tenant files that change are
 * obeyed; a queue that is polled stays so, because a sync of a tenant that is not active any more goes on to its end.
 *
 * @throws {ConfigurationError} no tenant file was found, or the proxy's variables are wrong
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
  const proxy = proxyOf(environment);
  if (!readOnly) proxy(); // a worker that could reach nothing must not begin
  const loaded = await loadTenants({ pattern: environment.tenantConfigPattern });
  for (const { file, path, message } of loaded.warnings) logger.warn({ file, path }, message);
  const store = await openStore({
    home: environment.home,
    ...(environment.storeUrl === undefined ? {} : { url: environment.storeUrl }),
  });
  try {
    const connection = await NativeConnection.connect(temporal.connectionOptions);
    const shared = { store, log: logger, proxy };
    const deployment = createDeployment(loaded, { connection, namespace: temporal.namespace }, shared);
    const base = { connection, namespace: temporal.namespace, ...DRAIN };
    const pollers = new Pollers();
    const poll = async ({ tenants }: LoadedTenants): Promise<void> => {
      const queues = readOnly ? [readingQueue(deployment, environment)] : allQueues(deployment, environment, tenants);
      await Promise.all(queues.map((queue) => pollers.add({ ...base, ...queue })));
    };
    await poll(loaded).catch((error: unknown) => {
      pollers.stop();
      throw error;
    });
    const endFollowing = followTenants(environment.tenantConfigPattern, loaded, {
      async changed(now) {
        deployment.replace(now);
        await poll(now);
        logger.info({ tenants: now.tenants.length, problems: now.problems }, 'The tenant files changed');
      },
      failed: (error) => logger.error({ error: String(error) }, 'The tenant files cannot be followed, trying again'),
    });
    const ended = pollers.ended.finally(async () => {
      endFollowing();
      deployment.close();
      await store.close();
      await connection.close();
    });
    const shutdown = (): Promise<void> => {
      pollers.stop();
      return ended;
    };
    return { tenants: loaded.tenants, problems: loaded.problems, ended, shutdown };
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
  return [
    {
      ...workflows(environment),
      taskQueue: taskQueue.main,
      activities: createMainActivities(deployment),
      maxCachedWorkflows: 500,
      ...HEARTBEATS,
    },
    { taskQueue: taskQueue.read, activities: createReadActivities(deployment), ...HEARTBEATS },
    // Of an inactive tenant, too: a sync of it may have begun before, and whether one begins is the main queue's business.
    ...tenants.map(({ tenant }) => tenantQueue(deployment, tenant)),
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
