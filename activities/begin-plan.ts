import { rootExternalId } from '../rules/external-id';
import type { OpenTenantInput } from './contract';
import type { Deployment, TenantContext } from './context';
import { inStep, RootOwnedByOtherError, TenantNotActiveError } from './errors';

/**
 * Begins a dry run: credentials of both sides proven, and the root scope looked at. It is neither granted nor claimed,
 * so one that cannot be read yet is left for the sync to judge.
 *
 * Safe to run twice: the run's row is made once.
 *
 * @throws {RootOwnedByOtherError}
 */
export async function beginPlan(
  deployment: Deployment,
  { tenant, run, workflowId, startedAt }: OpenTenantInput,
  signal: AbortSignal,
): Promise<void> {
  const current = deployment.tenant(tenant);
  const { status } = current.config;
  if (status !== 'active') throw new TenantNotActiveError(tenant, status);
  const { store } = deployment;
  const begin = { tenant, run, workflowId, startedAt: Date.parse(startedAt), isPlan: true, place: current.place };
  const { place } = await store.runs.begin(begin);
  const context = deployment.tenant(tenant, place);
  await store.removals.countStored({ tenant, run }, deployment.now());
  await inStep('tokens', () => context.confluence.checkAccess(signal));
  await inStep('tokens', () => context.unique.checkAccess(signal));
  await inStep('root', () => lookAtRoot(context, signal));
}

async function lookAtRoot({ config, confluence, unique }: TenantContext, signal: AbortSignal): Promise<void> {
  const { scopeId } = config.ingestion;
  const ours = rootExternalId(config.confluence.instanceType, await confluence.instanceId(signal));
  const owner = (await unique.scope(scopeId, signal))?.externalId;
  if (owner !== undefined && owner !== ours) throw new RootOwnedByOtherError(scopeId, owner, ours);
}
