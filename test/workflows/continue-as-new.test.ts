import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createSyncClient } from '../../client';
import { workflowId } from '../../rules/workflow-names';
import { progressQuery } from '../../workflows/messages';
import { localServer, quietRuntime, stubActivities, withWorkers } from './environment';
import { until } from '../until';

/** Some spaces, or slices, a run: what else takes thousands of events. */
const EVENTS_A_RUN = 40;
const KEYS = Array.from({ length: 8 }, (_, at) => `S${at}`);

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietRuntime();
  env = await localServer({ dynamicConfig: [`limit.historyCount.suggestContinueAsNew=${EVENTS_A_RUN}`] });
}, 120_000);
afterAll(() => env.teardown());

const handleOf = (id: string, runId?: string) => env.client.workflow.getHandle(id, runId);

/** Runs of a chain, from the given one to the last. */
async function chainOf(first: WorkflowHandle): Promise<string[]> {
  const runs: string[] = [];
  for (let runId: string | undefined = (await first.describe()).runId; runId !== undefined && runId !== '';) {
    runs.push(runId);
    const { events } = await handleOf(first.workflowId, runId).fetchHistory();
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return runs;
}

test('a chain keeps what was asked in mid-run and its pause, takes each space once a round, and its first run answers for all', async () => {
  const tenant = 'rolls';
  const sync = createSyncClient({ client: env.client });
  const rounds: string[] = [];
  const seen: string[] = [];
  let atTheEnd = 0;
  const activities = stubActivities(KEYS, {
    discoverPages: async ({ round, request, run }) => {
      rounds.push(`${run} ${round} ${request.force === true ? 'forced' : 'plain'}`);
      return { items: KEYS.length };
    },
    planSpace: async ({ spaceKey, force }) => {
      seen.push(force ? `${spaceKey} forced` : spaceKey);
      // Once the first run is about to be long enough: what it is told now must reach the runs behind it.
      if (spaceKey === 'S2' && !force) {
        await sync.requestSync(tenant, { force: true });
        await sync.pause(tenant, 'maintenance window');
      }
      return { pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 } };
    },
    closeRun: async (input) => {
      atTheEnd = seen.length;
      return stubActivities(KEYS).closeRun(input);
    },
  });
  await withWorkers(env, tenant, activities, async () => {
    const asked = await sync.requestSync(tenant);
    const latest = handleOf(workflowId.tenant(tenant));
    await until(async () => (await latest.query(progressQuery)).paused === 'maintenance window');
    await settled(() => seen.length);
    const whilePaused = seen.length;
    expect(whilePaused).toBeLessThan(KEYS.length);
    expect((await latest.query(progressQuery)).paused).toBe('maintenance window');
    await sync.resume(tenant);

    const report = await asked.result();
    expect(report).toMatchObject({ outcome: 'succeeded', runId: asked.runId });
    // The result covers the request that came in the middle: nothing is done after it.
    expect(atTheEnd).toBe(seen.length);
    expect(rounds).toEqual([`${asked.runId} 1 plain`, `${asked.runId} 2 forced`]);
    expect([...seen].sort()).toEqual([...KEYS, ...KEYS.map((key) => `${key} forced`)].sort());
    expect((await chainOf(handleOf(workflowId.tenant(tenant), asked.runId))).length).toBeGreaterThan(2);
  });
}, 120_000);

test('a chain that was paused when it rolled stays paused until the resume', async () => {
  const tenant = 'rolls-paused';
  const sync = createSyncClient({ client: env.client });
  const first = handleOf(workflowId.tenant(tenant));
  let spaces = 0;
  const activities = stubActivities(KEYS.slice(0, 3), {
    // Signals enough to make the history long, the last of them a pause.
    discoverPages: async () => {
      for (let times = 0; times < EVENTS_A_RUN; times++) await first.signal('resume');
      await sync.pause(tenant, 'before the roll');
      return { items: 3 };
    },
    planSpace: async () => {
      spaces++;
      return { pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 } };
    },
  });
  await withWorkers(env, tenant, activities, async () => {
    const asked = await sync.requestSync(tenant, { spaces: KEYS.slice(0, 3) });
    await until(async () => (await first.describe()).runId !== asked.runId);
    await until(async () => (await first.query(progressQuery)).paused === 'before the roll');
    await settled(() => spaces);
    expect(spaces).toBe(0);
    await sync.resume(tenant);
    expect((await asked.result()).outcome).toBe('succeeded');
    expect(spaces).toBe(3);
  });
}, 120_000);

test('a run that has grown long in its last steps ends; it does not begin all of it again', async () => {
  const tenant = 'long-at-the-end';
  const sync = createSyncClient({ client: env.client });
  const rounds: unknown[] = [];
  const activities = stubActivities(['ENG'], {
    discoverPages: async ({ request }) => {
      rounds.push(request);
      return { items: 1 };
    },
    spacesWithWork: async () => ({ spaceKeys: ['ENG'], lost: KEYS }),
  });
  await withWorkers(env, tenant, activities, async () => {
    const asked = await sync.requestSync(tenant, { spaces: ['ENG'] });
    expect((await asked.result()).outcome).toBe('succeeded');
    // Once for the start, whose request stands in its input too.
    expect(rounds).toEqual([{ spaces: ['ENG'] }]);
    const { events } = await handleOf(workflowId.tenant(tenant), asked.runId).fetchHistory();
    expect(events?.length).toBeGreaterThan(EVENTS_A_RUN);
  });
}, 120_000);

test('a space rolls between slices: each is ingested once, and its result reaches the tenant', async () => {
  const tenant = 'space-rolls';
  const sync = createSyncClient({ client: env.client });
  const slices: number[] = [];
  const activities = stubActivities(['ENG'], {
    planSpace: async () => ({ pages: { from: 0, to: 20 }, attachments: { from: 0, to: 0 } }),
    ingestPages: async ({ slice }) => {
      slices.push(slice);
      return { finished: true, ingested: 1, failed: 0 };
    },
  });
  await withWorkers(env, tenant, activities, async () => {
    const asked = await sync.requestSync(tenant);
    expect((await asked.result()).outcome).toBe('succeeded');
    expect([...slices].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, slice) => slice));
    const description = await handleOf(workflowId.space(tenant, 'ENG')).describe();
    expect(description.raw.workflowExecutionInfo?.firstRunId).not.toBe(description.runId);
  });
}, 120_000);

test('a chain that rolls in mid-removal asks the guard once, after all spaces, and removes from each once', async () => {
  const tenant = 'rolls-removing';
  const sync = createSyncClient({ client: env.client });
  const steps: string[] = [];
  const note = (step: string, spaceKey = '') => void steps.push(`${step} ${spaceKey}`.trim());
  const activities = stubActivities(KEYS, {
    planSpace: async () => ({ pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 }, candidates: 1 }),
    planRemovals: async ({ spaceKey }) => {
      note('judge', spaceKey);
      return { removals: 1 };
    },
    guardTenant: async () => note('guard'),
    removeContents: async ({ spaceKey }) => {
      note('remove', spaceKey);
      return { finished: true };
    },
  });
  await withWorkers(env, tenant, activities, async () => {
    const asked = await sync.requestSync(tenant);
    expect((await asked.result()).outcome).toBe('succeeded');
    const guard = steps.indexOf('guard');
    expect(steps.slice(0, guard).sort()).toEqual(KEYS.map((key) => `judge ${key}`));
    expect(steps.slice(guard + 1).sort()).toEqual(KEYS.map((key) => `remove ${key}`));
    const runs = await chainOf(handleOf(workflowId.tenant(tenant), asked.runId));
    const removing = await Promise.all(runs.map((run) => removalsIn(handleOf(workflowId.tenant(tenant), run))));
    expect(removing.filter((removals) => removals > 0).length).toBeGreaterThan(1);
  });
}, 120_000);

/** How many removals a run began. */
async function removalsIn(run: WorkflowHandle): Promise<number> {
  const { events } = await run.fetchHistory();
  const types = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
  return types.filter((type) => type === 'removeContents').length;
}

/** Resolves when the count has not grown for a second. */
async function settled(count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await passed(1_000);
  }
}

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
