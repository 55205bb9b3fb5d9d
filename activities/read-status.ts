import type { ReadStatusInput, RunStatus, StatusReport, TenantStatus } from '../workflows/messages';
import type { RunRow, Store } from '../store/store';
import type { Deployment } from './context';

const RUNS_LOOKED_AT = 50;

/** What the store knows of every tenant, or of one: open and last runs, freshness, contents. Reads only. */
export async function readStatus(deployment: Deployment, { tenant }: ReadStatusInput): Promise<StatusReport> {
  const known = deployment.tenantNames();
  if (tenant !== undefined && !known.some((one) => one.tenant === tenant)) deployment.tenant(tenant); // throws, naming the nearest
  const asked = known.filter((one) => tenant === undefined || one.tenant === tenant);
  return { tenants: await Promise.all(asked.map((one) => statusOf(deployment, one))) };
}

type Known = ReturnType<Deployment['tenantNames']>[number];

async function statusOf({ store }: Deployment, { tenant, status, problem }: Known): Promise<TenantStatus> {
  const runs = await store.runs.list(tenant, RUNS_LOOKED_AT);
  const open = runs.find(({ endedAt }) => endedAt === undefined);
  const last = runs.find(({ report }) => report !== undefined)?.report;
  const fresh = runs.find(({ outcome, report }) => outcome === 'succeeded' && report?.purpose === undefined)?.report;
  const contents = await store.ledger.count(tenant);
  return {
    tenant,
    status,
    ...(open === undefined ? {} : { running: await runStatus(store, open) }),
    ...(last === undefined ? {} : { last }),
    ...(fresh === undefined ? {} : { freshAt: fresh.endedAt }),
    contents: contents.finalized,
    unfinished: contents.unfinished,
    ...(problem === undefined ? {} : { problem }),
  };
}

async function runStatus(store: Store, { tenant, run, workflowId, startedAt }: RunRow): Promise<RunStatus> {
  const progress = await store.runs.progress({ tenant, run });
  return { runId: run, workflowId, startedAt: new Date(startedAt).toISOString(), ...progress };
}
