import { workflowId as canonicalId } from '../rules/workflow-names';
import type { RunKey, Store } from '../store/store';
import type { OpenTenantInput, OpenTenantResult } from './contract';
import type { Deployment } from './context';
import { DELETION_RUN } from './delete-tenant/open-deletion';
import { inStep, RunClosedError, TenantBeingRemovedError, TenantNotActiveError } from './errors';
import { ownRootScope } from './root-scope';

/** Runs, failures and removals are kept this long. */
const KEEP_RUNS_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Begins a run: credentials of both sides proven, the root scope granted, owned, its path known.
 *
 * Safe to run twice: the run's row is made once, the root is claimed by the same mark.
 *
 * @throws {RunClosedError} when the run has ended: its workflow was reset
 */
export async function openTenant(
  deployment: Deployment,
  { tenant, run, workflowId, startedAt }: OpenTenantInput,
  signal: AbortSignal,
): Promise<OpenTenantResult> {
  const now = deployment.now();
  const current = deployment.tenant(tenant);
  const { status } = current.config;
  if (status !== 'active') throw new TenantNotActiveError(tenant, status);
  await refuseDuringDeletion(deployment.store, { tenant, run, workflowId, startedAt });
  const begin = { tenant, run, workflowId, startedAt: Date.parse(startedAt), place: current.place };
  const { place, endedAt } = await deployment.store.runs.begin(begin);
  if (endedAt !== undefined) throw new RunClosedError(tenant, run);
  await releaseFormerRuns(deployment, { tenant, run }, workflowId);
  const context = deployment.tenant(tenant, place); // an attempt that died may have begun it elsewhere
  await deployment.store.runs.purge(now - KEEP_RUNS_MS);
  await deployment.store.removals.purge(now - KEEP_RUNS_MS, now);
  await deployment.store.removals.countStored({ tenant, run }, now);
  await inStep('tokens', () => context.confluence.checkAccess(signal));
  await inStep('tokens', () => context.unique.checkAccess(signal));
  await inStep('root', () => ownRootScope(context, now, signal));
  return { searchAttributes: await deployment.searchAttributes() };
}

/**
 * Gives the spaces free that a run of this very workflow still holds: it was terminated or timed out, and could not do
 * so itself. Temporal runs one of a workflow at a time, so that what it knows is over; a run that it does not know is
 * another server's on the same store, and its leases are waited for.
 */
async function releaseFormerRuns(deployment: Deployment, key: RunKey, workflowId: string): Promise<void> {
  const { store } = deployment;
  for (const run of await store.leases.formerHolders(key, workflowId)) {
    if (await deployment.knowsRun(workflowId, run)) await store.leases.releaseSpaces({ tenant: key.tenant, run });
  }
}

/** The removal of a tenant holds the id of the tenant's sync, and so excludes it; a space that is synced alone has another id. */
async function refuseDuringDeletion({ runs, spaces }: Store, { tenant, workflowId }: OpenTenantInput): Promise<void> {
  const deletion = await spaces.note(tenant, DELETION_RUN);
  if (!deletion) return;
  const row = await runs.get({ tenant, run: deletion });
  const mayRun = workflowId !== canonicalId.tenant(tenant) && row !== undefined && row.endedAt === undefined;
  if (mayRun) throw new TenantBeingRemovedError(tenant, deletion);
  await spaces.setNote(tenant, DELETION_RUN, ''); // ended, or terminated without a word
}
