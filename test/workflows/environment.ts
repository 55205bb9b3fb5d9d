import { defineSearchAttributeKey } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { MainActivities, TenantActivities } from '../../activities/contract';
import { PROMPT_TASKS } from '../../cli/temporal/embedded-server';
import { emptyReport, NO_ITEMS } from '../../rules/report';
import { searchAttributes, taskQueue } from '../../rules/workflow-names';

/** Activities that a test may replace one by one. */
export type StubActivities = MainActivities & TenantActivities;

/** A site of empty spaces: each step succeeds and does nothing. */
export function stubActivities(spaceKeys: readonly string[], replaced: Partial<StubActivities> = {}): StubActivities {
  const recorded: string[] = [];
  return {
    openTenant: async () => ({ searchAttributes: [] }),
    acquireTokens: async () => ({}),
    discoverPages: async () => ({ items: spaceKeys.length }),
    discoverSpace: async () => ({ items: 1 }),
    spacesWithWork: async ({ after, limit }) => {
      const page = spaceKeys.filter((key) => key > after).slice(0, limit);
      const last = page.at(-1);
      return page.length < limit || last === undefined ? { spaceKeys: page } : { spaceKeys: page, next: last };
    },
    planSpace: async () => ({ pages: { from: 0, to: 1 }, attachments: { from: 0, to: 0 } }),
    planRetry: async () => ({ pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 } }),
    ingestPages: async () => ({ finished: true, ingested: 1, failed: 0 }),
    ingestAttachments: async () => ({ finished: true, ingested: 1, failed: 0 }),
    checkApprovals: async () => ({}),
    planRemovals: async () => ({ removals: 0 }),
    guardTenant: async () => undefined,
    removeContents: async () => ({ finished: true }),
    retireScope: async () => undefined,
    verifyContents: async () => undefined,
    closeSpace: async () => ({ outcome: 'succeeded', totals: NO_ITEMS }),
    recordSpace: async ({ spaceKey, outcome, message }) => {
      recorded.push(`${spaceKey} ${outcome}: ${message}`);
      return { spaceKey, spaceId: '', outcome, totals: NO_ITEMS, message };
    },
    closeRun: async ({ tenant, run, workflowId, startedAt, ended }) => ({
      ...emptyReport(
        tenant,
        workflowId,
        run,
        ended?.outcome ?? 'succeeded',
        startedAt,
        ended?.message ?? recorded.join('; '),
      ),
      spacesTotal: spaceKeys.length,
    }),
    findRunning: async () => ({ type: 'syncTenant' }),
    openDeletion: async () => ({ searchAttributes: [] }),
    spacesToDelete: async ({ after }) => ({
      spaces: spaceKeys.filter((key) => key > after).map((spaceKey) => ({ spaceKey, places: [] })),
      isLast: true,
    }),
    deleteContents: async () => ({ finished: true, left: 0 }),
    closeDeletedSpace: async () => undefined,
    releaseRoot: async () => ({ released: true }),
    ...replaced,
  };
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The workflows as a worker runs them, bundled once a test file. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: require.resolve('../../workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  return bundle;
}

export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} must name the binary: run the tests with \`npm test\`.`);
  return value;
};

export function timeSkippingServer(): Promise<TestWorkflowEnvironment> {
  const path = required('TEMPORAL_TEST_SERVER_PATH');
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}

/** A real server, set up as the embedded one, in memory. */
export function localServer(
  options: {
    /** Settings of the server, such as `limit.historyCount.suggestContinueAsNew=40`. */
    readonly dynamicConfig?: readonly string[];
    /** With the search attributes that a sync sets. */
    readonly searchAttributes?: boolean;
  } = {},
): Promise<TestWorkflowEnvironment> {
  const settings = [PROMPT_TASKS, ...(options.dynamicConfig ?? [])];
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: required('TEMPORAL_CLI_PATH') },
      searchAttributes: options.searchAttributes
        ? searchAttributes.map((name) => defineSearchAttributeKey(name, 'KEYWORD'))
        : [],
      extraArgs: settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    },
  });
}

/** Runs `work` beside workers for the main queue and one tenant's queue. */
export async function withWorkers<T>(
  env: TestWorkflowEnvironment,
  tenant: string,
  activities: StubActivities,
  work: () => Promise<T>,
): Promise<T> {
  const connection = env.nativeConnection;
  const heartbeats = { maxHeartbeatThrottleInterval: '200ms', defaultHeartbeatThrottleInterval: '200ms' } as const;
  const workflows = await Worker.create({
    connection,
    taskQueue: taskQueue.main,
    workflowBundle: await workflowBundle(),
    activities,
    ...heartbeats,
  });
  const steps = await Worker.create({ connection, taskQueue: taskQueue.tenant(tenant), activities, ...heartbeats });
  return steps.runUntil(workflows.runUntil(work()));
}
