import type { Client } from '@temporalio/client';
import type { DeletionPreview } from '../rules/deletion-preview';
import type { ReadStatusInput, StatusReport, SyncRequest } from '../workflows/messages';
import { planTenant, type PlanHandle } from './plan-tenant';
import { deleteTenant, type DeletionHandle } from './delete-tenant';
import { cancelSync, pauseTenant, resumeTenant, type TurnedTenant } from './pause';
import { previewDeletion } from './preview-deletion';
import { syncProgress, type SyncProgress } from './progress';
import { readStatus } from './read-status';
import { requestSync, syncHandle, type SyncHandle } from './request-sync';

/** Starts, watches and steers syncs. One for a process is enough; it holds nothing but Temporal's client. */
export interface SyncClient {
  /**
   * Asks for a sync of the tenant, or of some of its spaces: starts one or adds to the running one, so the result
   * covers what was true in Confluence when it was asked.
   *
   * @throws {DeletionRunsError} when the tenant is being removed
   */
  requestSync(tenant: string, request?: SyncRequest): Promise<SyncHandle>;
  /** A sync that was asked for earlier, for callers that were restarted: they kept `runId`. */
  getSync(tenant: string, runId: string): SyncHandle;
  /**
   * Stops the running sync at its next batches and the Schedule, until the resume.
   *
   * @throws {NothingToPauseError} when the tenant has neither
   */
  pause(tenant: string, reason?: string): Promise<TurnedTenant>;
  /** Ends the pause. */
  resume(tenant: string): Promise<TurnedTenant>;
  /** Asks the running sync to end as cancelled; `sync: false` in the answer when none runs. */
  cancel(tenant: string): Promise<TurnedTenant>;
  /**
   * Begins a dry run: what a sync would do. It writes nothing to Unique.
   *
   * @throws {NoWorkerAnswersError} when no worker runs
   */
  plan(tenant: string, options?: Pick<StatusOptions, 'taskQueue'>): Promise<PlanHandle>;
  /**
   * What the removal of the tenant would find in Unique; changes nothing.
   *
   * @throws {NoWorkerAnswersError} when no worker runs
   */
  previewDeletion(tenant: string, options?: Pick<StatusOptions, 'taskQueue'>): Promise<DeletionPreview>;
  /**
   * Begins to remove all that the tenant put into Unique, or joins the removal that runs. A tenant that stays active
   * comes back with its next sync.
   *
   * @throws {SyncRunsError} while a sync of the tenant runs
   */
  deleteTenant(tenant: string): Promise<DeletionHandle>;
  /**
   * What the worker's store knows of one tenant, or of all.
   *
   * @throws {NoWorkerAnswersError} when no worker runs
   */
  status(tenant?: string, options?: StatusOptions): Promise<StatusReport>;
  /** How far the running sync is; `undefined` when none runs. */
  progress(tenant: string): Promise<SyncProgress | undefined>;
}

export interface StatusOptions extends Pick<ReadStatusInput, 'failures'> {
  /**
   * `syncspace-read` where only a worker that reads is there.
   * @default 'syncspace'
   */
  readonly taskQueue?: string;
}

export interface CreateSyncClientOptions {
  /** Temporal's client, connected to the namespace where SyncSpace's workers poll. */
  readonly client: Client;
}

/** The client for services that start a sync after an event of their own and may await its result. */
export function createSyncClient({ client }: CreateSyncClientOptions): SyncClient {
  return {
    requestSync: (tenant, request) => requestSync(client, tenant, request),
    getSync: (tenant, runId) => syncHandle(client, tenant, runId),
    pause: (tenant, reason = 'no reason given') => pauseTenant(client, tenant, reason),
    resume: (tenant) => resumeTenant(client, tenant),
    cancel: (tenant) => cancelSync(client, tenant),
    plan: (tenant, { taskQueue } = {}) => planTenant(client, tenant, taskQueue),
    previewDeletion: (tenant, { taskQueue } = {}) => previewDeletion(client, tenant, taskQueue),
    deleteTenant: (tenant) => deleteTenant(client, tenant),
    status: (tenant, { taskQueue, ...options } = {}) =>
      readStatus(client, { ...options, ...(tenant === undefined ? {} : { tenant }) }, taskQueue),
    progress: (tenant) => syncProgress(client, tenant),
  };
}
