import { Context, heartbeat } from '@temporalio/activity';
import { countRequests, type RequestCounts } from '../http/request-counts';
import { isHeldUp, type SideLimits, type Step } from '../rules/report';
import { acquireTokens } from './acquire-tokens';
import { beginPlan } from './begin-plan';
import { checkApprovals } from './check-approvals';
import { closePlan } from './close-plan';
import { closeRun } from './close-run';
import { closeSpace, recordSpace } from './close-space';
import type { Deployment, TenantContext } from './context';
import type { MainActivities, ReadActivities, RunInput, SliceInput, TenantActivities } from './contract';
import { closeDeletedSpace } from './delete-tenant/close-deleted-space';
import { deleteContents } from './delete-tenant/delete-contents';
import { openDeletion } from './delete-tenant/open-deletion';
import { previewDeletion } from './delete-tenant/preview-deletion';
import { releaseRoot } from './delete-tenant/release-root';
import { spacesToDelete } from './delete-tenant/spaces-to-delete';
import { discoverPages } from './discover-pages';
import { discoverSpace } from './discover-space';
import { isStop } from './errors';
import { mayPass, toFailure } from './failures';
import { guardTenant } from './guard-tenant';
import { alive, attemptId, unforeseenFailures } from './heartbeat';
import { ingestAttachments } from './ingest-attachments';
import { ingestPages } from './ingest-pages';
import { requireOpenRun } from './open-run';
import { openTenant } from './open-tenant';
import { requireRunsStore } from './own-store';
import { planRemovals } from './plan-removals';
import { planRetry, planSpace } from './plan-space';
import { planSpaces } from './plan-spaces';
import { readStatus } from './read-status';
import { removeContents } from './remove-contents';
import { retireScope } from './retire-scope';
import type { SliceRun } from './slice';
import { spacesWithWork } from './spaces-with-work';
import { patientWithFile } from './tenant-file';
import { verifyContents } from './verify-contents';

/** Activities on the queue of the workflows. */
export function createMainActivities(deployment: Deployment): MainActivities {
  return {
    openTenant: (input) => perform(deployment, input, 'root', (signal) => openTenant(deployment, input, signal)),
    openDeletion: (input) => perform(deployment, input, 'root', (signal) => openDeletion(deployment, input, signal)),
    findRunning: async ({ workflowId }) => {
      const type = await deployment.runningType(workflowId);
      return type === undefined ? {} : { type };
    },
    closeRun: (input) => perform(deployment, input, 'plan', () => closeRun(deployment.store, input, deployment.now())),
  };
}

/** Activities of one tenant, on its own queue. */
export function createTenantActivities(deployment: Deployment): TenantActivities {
  const { now, store } = deployment;
  const step = <T>(input: RunInput, of: Step, work: (context: TenantContext, signal: AbortSignal) => Promise<T>) =>
    perform(deployment, input, of, async (signal) => {
      const { place } = await requireRunsStore(store, input);
      return patientWithFile(input.tenant, () => work(deployment.tenant(input.tenant, place), signal));
    });
  const inOpenRun: typeof step = (input, of, work) =>
    step(input, of, async (context, signal) => {
      await requireOpenRun(store, input);
      return work(context, signal);
    });
  const slice = (input: SliceInput, itemKind: SliceRun['itemKind'], ingest: typeof ingestPages) =>
    inOpenRun(input, 'download', (context, signal) =>
      ingest({ context, input, itemKind, attempt: attemptId(), now, signal }),
    );
  return {
    acquireTokens: (input) => inOpenRun(input, 'tokens', (context, signal) => acquireTokens(context, input, signal)),
    discoverPages: (input) => step(input, 'discover', (context, signal) => discoverPages(context, input, signal)),
    spacesWithWork: (input) =>
      inOpenRun(input, 'plan', (context, signal) => spacesWithWork(context, input, now(), signal)),
    discoverSpace: (input) => inOpenRun(input, 'discover', (context, signal) => discoverSpace(context, input, signal)),
    planSpace: (input) => inOpenRun(input, 'plan', (context, signal) => planSpace(context, input, now(), signal)),
    planRetry: (input) => inOpenRun(input, 'plan', (context) => planRetry(context, input)),
    ingestPages: (input) => slice(input, 'page', ingestPages),
    ingestAttachments: (input) => slice(input, 'attachment', ingestAttachments),
    checkApprovals: (input) => step(input, 'remove', (context) => checkApprovals(context, input, now())),
    guardTenant: (input) => step(input, 'remove', (context) => guardTenant(context, input, now())),
    planRemovals: (input) =>
      inOpenRun(input, 'remove', (context, signal) => planRemovals(context, input, attemptId(), now, signal)),
    removeContents: (input) =>
      inOpenRun(input, 'remove', (context, signal) => removeContents(context, input, attemptId(), now, signal)),
    retireScope: (input) => inOpenRun(input, 'scope', (context, signal) => retireScope(context, input, now(), signal)),
    verifyContents: (input) =>
      inOpenRun(input, 'verify', (context, signal) => {
        // Counted from when it was scheduled: an attempt that died has waited, too.
        const { scheduledTimestampMs } = Context.current().info;
        const deadline = scheduledTimestampMs + context.config.verify.waitMinutes * 60_000;
        return verifyContents(context, input, deadline, now, signal);
      }),
    closeSpace: (input) => inOpenRun(input, 'plan', (context) => closeSpace(context, input, now())),
    recordSpace: (input) => inOpenRun(input, 'plan', (context) => recordSpace(context, input, now())),
    closeRun: (input) => perform(deployment, input, 'plan', () => closeRun(store, input, now())),
    spacesToDelete: (input) => step(input, 'scope', (context, signal) => spacesToDelete(context, input, signal)),
    deleteContents: (input) =>
      step(input, 'remove', (context, signal) => deleteContents(context, input, attemptId(), now, signal)),
    closeDeletedSpace: (input) =>
      step(input, 'scope', (context, signal) => closeDeletedSpace(context, input, now(), signal)),
    releaseRoot: (input) => step(input, 'root', (context, signal) => releaseRoot(context, input, signal)),
  };
}

/** Activities that only read, on a queue of their own. */
export function createReadActivities(deployment: Deployment): ReadActivities {
  const { now, store } = deployment;
  const step = <T>(input: RunInput, of: Step, work: (context: TenantContext, signal: AbortSignal) => Promise<T>) =>
    perform(deployment, input, of, async (signal) => {
      const run = await store.runs.get(input);
      return patientWithFile(input.tenant, () => work(deployment.tenant(input.tenant, run?.place), signal));
    });
  return {
    beginPlan: (input) => perform(deployment, input, 'root', (signal) => beginPlan(deployment, input, signal)),
    discoverPages: (input) => step(input, 'discover', (context, signal) => discoverPages(context, input, signal)),
    planSpaces: (input) => step(input, 'plan', (context, signal) => planSpaces(context, input, now, signal)),
    closePlan: (input) => step(input, 'plan', (context) => closePlan(context, input, now())),
    dropPlan: (input) => perform(deployment, input, 'plan', () => store.runs.drop(input)),
    readStatus: (input) => answer(() => readStatus(deployment, input), 'plan'),
    previewDeletion: (input) => answer((signal) => previewDeletion(deployment, input, signal), 'root'),
  };
}

/** Runs an activity that belongs to no run. */
async function answer<T>(work: (signal: AbortSignal) => Promise<T>, step: Step): Promise<T> {
  try {
    return await alive(work);
  } catch (error) {
    throw toFailure(error, step);
  }
}

/** Runs one activity: heartbeats, books its requests to the run, maps its errors. */
async function perform<T>(
  { store }: Deployment,
  { tenant, run }: RunInput,
  step: Step,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const before = unforeseenFailures();
  return countRequests(async (counts, limits) => {
    try {
      return await alive(work, () => ({ ...counts(), unforeseen: before }));
    } catch (error) {
      if (!mayPass(error) && !isStop(error)) heartbeat({ ...counts(), unforeseen: before + 1 });
      throw toFailure(error, step, before);
    } finally {
      await book(counts(), limits());
    }
  });

  async function book(requests: RequestCounts, limits: SideLimits): Promise<void> {
    if (Object.values(requests).every((count) => count === 0) && !isHeldUp(limits)) return;
    await store.runs.addRequests({ tenant, run }, requests, limits).catch((error: unknown) => {
      // Counting must never fail what was counted.
      Context.current().log.warn('requests not booked', { error: String(error) });
    });
  }
}
