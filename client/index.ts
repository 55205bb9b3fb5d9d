// What other services import as `syncspace`.
export { createSyncClient } from './sync-client';
export type { CreateSyncClientOptions, SyncClient } from './sync-client';
export type { SyncHandle } from './request-sync';
export type { PlanHandle } from './plan-tenant';
export type { DeletionHandle } from './delete-tenant';
export type { TurnedTenant } from './pause';
export type { SpaceProgress, SyncProgress } from './progress';
export type { RetryingStep } from './running-workflow';
export { applySchedules } from './apply-schedules';
export type { AppliedSchedule, ApplySchedulesOptions, TenantSchedule } from './apply-schedules';
export { listSchedules } from './list-schedules';
export type { ListedSchedule } from './list-schedules';
export {
  DeletionRunsError,
  NothingToPauseError,
  NoWorkerAnswersError,
  QuestionFailedError,
  SyncRunsError,
  SyncWithoutReportError,
} from './errors';
export { scheduleId, taskQueue, workflowId } from '../rules/workflow-names';
export type { Estimate } from '../rules/estimate';
export type { PlannedRemoval, PlanReport } from '../rules/plan-report';
export type { DeletionPreview, RootState, SpacePreview } from '../rules/deletion-preview';
export type {
  Blocked,
  BlockedTogether,
  Failure,
  Outcome,
  Requests,
  SpaceReport,
  TenantReport,
  Totals,
  Verification,
} from '../rules/report';
export type { RunStatus, StatusReport, SyncRequest, TenantStatus } from '../workflows/messages';
