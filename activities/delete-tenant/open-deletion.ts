import type { OpenDeletionResult, OpenTenantInput } from '../contract';
import type { Deployment } from '../context';
import { inStep, RootOwnedByOtherError, TenantNotActiveError } from '../errors';
import { readRoot } from '../root-scope';
import { isOwnMark } from './own-spaces';

/** Note in the store: the run that removes the tenant; a space that is synced alone looks at it. */
export const DELETION_RUN = 'deletion-run';

/**
 * Begins the removal of a tenant: its root scope readable (access is asked for where it lacks, else a removal would miss
 * everything in silence) and marked as its own. A root without a mark is how a finished removal looks: then this look
 * is the only request.
 *
 * @throws {RootOwnedByOtherError} @throws {TenantNotActiveError} when the tenant is inactive
 */
export async function openDeletion(
  deployment: Deployment,
  { tenant, run, workflowId, startedAt }: OpenTenantInput,
  signal: AbortSignal,
): Promise<OpenDeletionResult> {
  const { store } = deployment;
  const context = deployment.tenant(tenant);
  const { config, unique } = context;
  if (config.status === 'inactive') throw new TenantNotActiveError(tenant, config.status);
  const { scopeId } = config.ingestion;
  const root = await inStep('root', () => readRoot(context, signal));
  if (root === undefined) {
    const why = `the root scope ${scopeId} does not exist in Unique, or the service user may not see it`;
    return { searchAttributes: [], nothingToDo: why };
  }
  if (root.externalId === undefined) {
    await store.tenants.forget(tenant); // a removal that died behind its last request
    return { searchAttributes: [], nothingToDo: `nothing of it is left: the root scope ${scopeId} is not marked` };
  }
  const mark = root.externalId;
  const children = await inStep('root', () => unique.childScopes(scopeId, signal));
  if (!(await isOwnMark(context, mark, children))) throw new RootOwnedByOtherError(scopeId, mark, `tenant ${tenant}`);
  await store.runs.begin({ tenant, run, workflowId, startedAt: Date.parse(startedAt), place: context.place });
  await store.spaces.setNote(tenant, DELETION_RUN, run);
  return { searchAttributes: await deployment.searchAttributes() };
}
