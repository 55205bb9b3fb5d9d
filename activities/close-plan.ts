import { estimateSync } from '../rules/estimate';
import { MAX_REMOVALS_IN_PLAN, type PlanReport } from '../rules/plan-report';
import {
  addTotals,
  MAX_FAILURES_IN_REPORT,
  MAX_SPACES_IN_REPORT,
  NO_ITEMS,
  NO_REQUESTS,
  tenantOutcome,
  troubledFirst,
} from '../rules/report';
import type { OpenTenantInput } from './contract';
import type { TenantContext } from './context';
import { blockTogether } from './block-together';
import { guardDryTenant } from './guard-tenant';

/** Puts a dry run's findings together. The guard of the tenant is asked now that all spaces are judged. Safe to run twice: it drops nothing. */
export async function closePlan(
  { config, store }: TenantContext,
  { tenant, run, workflowId, startedAt }: OpenTenantInput,
  now: number,
): Promise<PlanReport> {
  const key = { tenant, run };
  const row = await store.runs.get(key);
  await guardDryTenant(store, key, now);
  const spaces = [...(await store.runs.spaceReports(key))].sort(troubledFirst);
  const totals = spaces.map((space) => space.totals).reduce(addTotals, NO_ITEMS);
  const removals = await store.removals.planned(key, MAX_REMOVALS_IN_PLAN);
  const blocked = await blockTogether(store, tenant, spaces, now);
  const estimate = estimateSync(
    row?.requests ?? NO_REQUESTS,
    await store.plan.workload(key),
    totals.deleted + totals.moved,
    {
      confluencePerMinute: config.confluence.apiRateLimitPerMinute,
      uniquePerMinute: config.unique.apiRateLimitPerMinute,
      batchSize: config.unique.batchSize,
    },
  );
  return {
    tenant,
    workflowId,
    runId: run,
    outcome: tenantOutcome(
      spaces.map((space) => space.outcome),
      false,
    ),
    startedAt,
    endedAt: new Date(now).toISOString(),
    totals,
    ...(blocked === undefined ? {} : { blocked }),
    estimate,
    spacesTotal: spaces.length,
    spaces: spaces.slice(0, MAX_SPACES_IN_REPORT),
    removalsTotal: totals.deleted + totals.moved + (blocked?.deletions ?? 0),
    removals,
    failures: await store.runs.failures(key, MAX_FAILURES_IN_REPORT),
    ...(row?.truncated === true ? { message: CUT } : {}),
  };
}

const CUT = 'The listing was cut by `processing.maxItemsToScan`, so this is a part of the site only.';
