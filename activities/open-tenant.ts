import type { OpenTenantInput, OpenTenantResult } from './contract';
import type { Deployment } from './context';
import { inStep, TenantNotActiveError } from './errors';
import { ownRootScope } from './root-scope';

/** Runs, failures and removals are kept this long. */
const KEEP_RUNS_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Begins a run: credentials of both sides proven, the root scope granted, owned, its path known.
 *
 * Safe to run twice: the run's row is made once, the root is claimed by the same mark.
 */
export async function openTenant(
  deployment: Deployment,
  { tenant, run, workflowId, startedAt }: OpenTenantInput,
  signal: AbortSignal,
): Promise<OpenTenantResult> {
  const context = deployment.tenant(tenant);
  const { status } = context.config;
  if (status !== 'active') throw new TenantNotActiveError(tenant, status);
  const now = deployment.now();
  await deployment.store.runs.begin({ tenant, run, workflowId, startedAt: Date.parse(startedAt) });
  await deployment.store.runs.purge(now - KEEP_RUNS_MS);
  await deployment.store.removals.purge(now - KEEP_RUNS_MS, now);
  await deployment.store.removals.countStored({ tenant, run }, now);
  await inStep('tokens', () => context.confluence.checkAccess(signal));
  await inStep('tokens', () => context.unique.checkAccess(signal));
  await inStep('root', () => ownRootScope(context, now, signal));
  return { searchAttributes: await deployment.searchAttributes() };
}
