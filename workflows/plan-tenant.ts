import { CancellationScope, log, workflowInfo } from '@temporalio/workflow';
import type { PlanReport } from '../rules/plan-report';
import { checkPlanInput } from './input';
import type { PlanTenantInput } from './messages';
import { planSteps } from './steps';

/** A step of some minutes; ten thousand spaces stay within one history. */
const SPACES_AT_A_TIME = 100;

/**
 * What a sync would do, without doing it: nothing is written to Unique, and of the store only the sets that the guard
 * would block, so that they can be approved. Runs on `syncspace-read`, also beside a running sync.
 */
export async function planTenant(input: PlanTenantInput): Promise<PlanReport> {
  checkPlanInput(input);
  const { workflowId, firstExecutionRunId: run, startTime } = workflowInfo();
  const key = { tenant: input.tenant, run };
  const opened = { ...key, workflowId, startedAt: startTime.toISOString() };
  try {
    await planSteps.beginPlan.executeWithOptions({ summary: 'Prove credentials, look at the root scope' }, [opened]);
    await planSteps.discoverPages.executeWithOptions({ summary: 'Search for labelled pages' }, [
      { ...key, round: 1, request: {} },
    ]);
    for (let after: string | undefined = ''; after !== undefined;) after = await planNext(key, after);
    return await planSteps.closePlan.executeWithOptions({ summary: 'Put it together' }, [opened]);
  } finally {
    await CancellationScope.nonCancellable(() =>
      planSteps.dropPlan.executeWithOptions({ summary: 'Drop the dry run' }, [key]),
    ).catch((error: unknown) => log.warn('dry run not dropped', { error: String(error) }));
  }
}

async function planNext(
  key: { readonly tenant: string; readonly run: string },
  after: string,
): Promise<string | undefined> {
  const { next } = await planSteps.planSpaces.executeWithOptions({ summary: 'Compare and judge spaces' }, [
    { ...key, after, limit: SPACES_AT_A_TIME },
  ]);
  return next;
}
