import { isGrpcServiceError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Deployment } from '../activities/context';
import type { ConfigProblem } from '../config/errors';
import type { LoadedTenants } from '../config/load';
import { tenantOfFile } from '../config/tenant-paths';
import { searchAttributes as wanted } from '../rules/workflow-names';
import type { Shared } from './tenant-context';
import { TenantContexts } from './tenant-contexts';

/** `KEYWORD` of Temporal's `IndexedValueType`. */
const KEYWORD = 2;

export interface ClosableDeployment extends Deployment {
  /** The tenant files say something else; activities that run go on with what they began with. */
  replace(loaded: LoadedTenants): void;
  close(): void;
}

/** What all activities of this worker share: tenants by name, the store, the clock. */
export function createDeployment(
  first: LoadedTenants,
  temporal: { readonly connection: NativeConnection; readonly namespace: string },
  shared: Shared,
): ClosableDeployment {
  const { store, log } = shared;
  const contexts = new TenantContexts(first, shared);
  let loaded = first;
  return {
    store,
    now: Date.now,
    tenant: (name, place) => contexts.get(name, place),
    tenantNames: () => [
      ...loaded.tenants.map(({ tenant, status }) => ({ tenant, status })),
      ...brokenTenants(loaded.problems),
    ],
    runningType: (workflowId) => findRunningType(temporal, workflowId),
    knowsRun: (workflowId, run) => knowsRun(temporal, workflowId, run),
    searchAttributes: () => ensureSearchAttributes(temporal, log),
    replace(changed) {
      loaded = changed;
      contexts.replace(changed);
    },
    close: () => contexts.close(),
  };
}

function brokenTenants(problems: readonly ConfigProblem[]): ReturnType<Deployment['tenantNames']> {
  const byTenant = new Map<string, string>();
  for (const { file, path, message, remedy } of problems) {
    const tenant = tenantOfFile(file);
    if (tenant !== undefined && !byTenant.has(tenant)) byTenant.set(tenant, `${path} ${message}. ${remedy}`.trim());
  }
  return [...byTenant].map(([tenant, problem]) => ({ tenant, status: 'broken' as const, problem }));
}

async function findRunningType(
  { connection, namespace }: { readonly connection: NativeConnection; readonly namespace: string },
  workflowId: string,
): Promise<string | undefined> {
  const execution = { workflowId };
  const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution({
    namespace,
    execution,
  });
  return workflowExecutionInfo?.closeTime == null ? (workflowExecutionInfo?.type?.name ?? undefined) : undefined;
}

/** gRPC's code. */
const NOT_FOUND: number = 5;

async function knowsRun(
  { connection, namespace }: { readonly connection: NativeConnection; readonly namespace: string },
  workflowId: string,
  runId: string,
): Promise<boolean> {
  try {
    await connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId, runId } });
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return false;
    throw error;
  }
}

/** Creates the search attributes where that is allowed; returns those that exist, because an unknown one would hold a workflow. */
async function ensureSearchAttributes(
  { connection, namespace }: { readonly connection: NativeConnection; readonly namespace: string },
  log: Logger,
): Promise<readonly string[]> {
  const list = async () => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return wanted.filter((name) => customAttributes?.[name] !== undefined);
  };
  try {
    const known = await list();
    const missing = wanted.filter((name) => !known.includes(name));
    if (missing.length === 0) return known;
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    return await list();
  } catch (error) {
    log.warn(
      { error: String(error) },
      'Search attributes can neither be listed nor created; workflows go without them',
    );
    return [];
  }
}
