import { Context } from '@temporalio/activity';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SliceInput } from '../../activities/contract';
import { NO_ITEMS } from '../../rules/report';
import { taskQueue, workflowId } from '../../rules/workflow-names';
import { pauseSignal, progressQuery, requestSignal, resumeSignal } from '../../workflows/messages';
import { syncTenant } from '../../workflows/sync-tenant';
import { quietRuntime, type StubActivities, stubActivities, timeSkippingServer, withWorkers } from './environment';
import { until } from '../until';

const keys = (count: number) => Array.from({ length: count }, (_, at) => `S${String(at).padStart(3, '0')}`);

describe('syncTenant', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    quietRuntime();
    env = await timeSkippingServer();
  }, 60_000);
  afterAll(() => env.teardown());

  let tenants = 0;
  const newTenant = () => `t${++tenants}`;
  const start = (tenant: string, id = workflowId.tenant(tenant), input: object = {}) =>
    env.client.workflow.start(syncTenant, { taskQueue: taskQueue.main, workflowId: id, args: [{ tenant, ...input }] });
  const sync = (tenant: string, activities: StubActivities) =>
    withWorkers(env, tenant, activities, async () => (await start(tenant)).result());

  test('syncs every space once, never more than four at a time', async () => {
    const tenant = newTenant();
    const seen: string[] = [];
    let now = 0;
    let most = 0;
    const activities = stubActivities(keys(120), {
      planSpace: async ({ spaceKey }) => {
        seen.push(spaceKey);
        most = Math.max(most, ++now);
        return { pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 } };
      },
      closeSpace: async () => {
        now--;
        return { outcome: 'succeeded', totals: NO_ITEMS };
      },
    });
    const report = await sync(tenant, activities);
    expect(report.outcome).toBe('succeeded');
    expect([...seen].sort()).toEqual(keys(120));
    expect(most).toBeLessThanOrEqual(4);
  }, 60_000);

  test('B-085 plans removals, and asks the guard, only where something may leave', async () => {
    const planned: string[] = [];
    const activities = stubActivities(keys(3), {
      planSpace: async ({ spaceKey }) => ({
        pages: { from: 0, to: 0 },
        attachments: { from: 0, to: 0 },
        candidates: spaceKey === 'S001' ? 1 : 0,
      }),
      planRemovals: async ({ spaceKey }) => {
        planned.push(spaceKey);
        return { removals: 0 };
      },
      guardTenant: async () => void planned.push('the guard'),
    });
    expect((await sync(newTenant(), activities)).outcome).toBe('succeeded');
    expect(planned).toEqual(['S001']);
  });

  test('B-104 goes on with the other spaces when one fails, and says why it failed', async () => {
    const tenant = newTenant();
    const activities = stubActivities(keys(3), {
      planSpace: async ({ spaceKey }) => {
        if (spaceKey === 'S001')
          throw ApplicationFailure.nonRetryable('GET /x answered 403: refused', 'UnauthorizedError', { step: 'plan' });
        return { pages: { from: 0, to: 1 }, attachments: { from: 0, to: 0 } };
      },
    });
    const report = await sync(tenant, activities);
    expect(report.message).toBe('S001 failed: GET /x answered 403: refused');
  });

  test('W-35 ends with one failure when the credentials are refused in the middle, not with one for each space', async () => {
    const tenant = newTenant();
    const refused = () =>
      ApplicationFailure.nonRetryable('GET /x answered 401: refused', 'UnauthorizedError', { step: 'plan' });
    const recorded: string[] = [];
    const begun: string[] = [];
    const activities = stubActivities(keys(120), {
      acquireTokens: async ({ afresh }) => {
        if (afresh === true) throw refused();
        return {};
      },
      planSpace: async ({ spaceKey }) => {
        begun.push(spaceKey);
        if (spaceKey >= 'S004') throw refused();
        return { pages: { from: 0, to: 0 }, attachments: { from: 0, to: 0 } };
      },
      recordSpace: async ({ spaceKey, outcome, message }) => {
        recorded.push(spaceKey);
        return { spaceKey, spaceId: '', outcome, totals: NO_ITEMS, message };
      },
    });
    const failed = await sync(tenant, activities).catch((error: unknown) => error as WorkflowFailedError);
    expect(failed).toMatchObject({ cause: { type: 'SyncFailed', message: 'GET /x answered 401: refused' } });
    expect(begun.length).toBeLessThan(12);
    expect(recorded.length).toBeLessThan(8);
  });

  test('covers a request that comes in the middle of a run by one more round', async () => {
    const tenant = newTenant();
    const rounds: number[] = [];
    const activities = stubActivities(keys(1), {
      discoverPages: async ({ round, request }) => {
        rounds.push(round);
        if (round === 1)
          await env.client.workflow.getHandle(workflowId.tenant(tenant)).signal(requestSignal, { spaces: ['S000'] });
        if (round === 2) expect(request).toEqual({ spaces: ['S000'] });
        return { items: 1 };
      },
    });
    await sync(tenant, activities);
    expect(rounds).toEqual([1, 2]);
  });

  test('answers under another id with the canonical run, which it starts as its child', async () => {
    const tenant = newTenant();
    const report = await withWorkers(env, tenant, stubActivities(keys(1)), async () =>
      (await start(tenant, `anything-${tenant}`)).result(),
    );
    expect(report).toMatchObject({ tenant, workflowId: workflowId.tenant(tenant), outcome: 'succeeded' });
  });

  test('B-101 B-102 ends skipped under another id while the canonical run works, whose phase is shown', async () => {
    const tenant = newTenant();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const activities = stubActivities(keys(1), {
      discoverPages: async () => {
        await held;
        return { items: 1 };
      },
    });
    await withWorkers(env, tenant, activities, async () => {
      const canonical = await start(tenant);
      const second = await start(tenant, `by-hand-${tenant}`);
      const skipped = await second.result();
      expect(await canonical.query(progressQuery)).toMatchObject({ phase: 'discovering pages', spacesEnded: 0 });
      release();
      expect(skipped).toMatchObject({ outcome: 'skipped', message: `sync/${tenant} runs already` });
      expect((await canonical.result()).outcome).toBe('succeeded');
    });
  });

  test('refuses a mistyped input at once, with an example', async () => {
    const tenant = newTenant();
    const mistyped = withWorkers(env, tenant, stubActivities([]), async () =>
      (await start(tenant, `typo-${tenant}`, { space: 'ENG' })).result(),
    );
    await expect(mistyped).rejects.toThrow(WorkflowFailedError);
    await expect(mistyped).rejects.toMatchObject({
      cause: { message: expect.stringContaining('unknown member `space`') },
    });
  });

  test('fails with its report in the details when the tenant cannot be opened', async () => {
    const tenant = newTenant();
    const activities = stubActivities([], {
      openTenant: async () => {
        throw ApplicationFailure.nonRetryable('The root scope is missing.', 'RootScopeMissingError', { step: 'root' });
      },
    });
    const failed = await sync(tenant, activities).catch((error: unknown) => error as WorkflowFailedError);
    expect(failed).toMatchObject({
      cause: { type: 'SyncFailed', message: 'The root scope is missing.', details: [{ outcome: 'failed', tenant }] },
    });
  });

  test('stops slices while paused, also those in flight, and takes them first after the resume', async () => {
    const tenant = newTenant();
    const seen: number[] = [];
    let pausedOnce = false;
    const ingestPages = async ({ slice }: SliceInput) => {
      seen.push(slice);
      if (!pausedOnce) {
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), 50);
        await context.cancelled.catch(() => undefined);
        clearInterval(beat);
        return { finished: false, ingested: 0, failed: 0 };
      }
      return { finished: true, ingested: 1, failed: 0 };
    };
    const activities = stubActivities(['ENG'], {
      ingestPages,
      planSpace: async () => ({ pages: { from: 0, to: 6 }, attachments: { from: 0, to: 0 } }),
    });
    await withWorkers(env, tenant, activities, async () => {
      const handle = await start(tenant);
      await until(async () => seen.length === 4);
      await handle.signal(pauseSignal, 'maintenance window');
      const space = env.client.workflow.getHandle(workflowId.space(tenant, 'ENG'));
      await until(async () => (await space.query(progressQuery)).paused === 'maintenance window');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      pausedOnce = true;
      expect(seen).toHaveLength(4);
      await handle.signal(resumeSignal);
      expect((await handle.result()).outcome).toBe('succeeded');
      expect(seen.slice(4)).toEqual(expect.arrayContaining([0, 1, 2, 3, 4, 5]));
    });
  }, 40_000);

  test('tries failed items again, and stops after two rounds', async () => {
    const tenant = newTenant();
    const retries: number[] = [];
    const activities = stubActivities(['ENG'], {
      ingestPages: async () => ({ finished: true, ingested: 0, failed: 1 }),
      planRetry: async ({ retry }) => {
        retries.push(retry);
        return { pages: { from: retry, to: retry + 1 }, attachments: { from: 0, to: 0 } };
      },
    });
    await sync(tenant, activities);
    expect(retries).toEqual([1, 2]);
  });
});
