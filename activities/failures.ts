import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { ConfigurationError, UnknownTenantError } from '../config/errors';
import { HttpError, RateLimitedError, UnavailableError } from '../http/errors';
import type { Step } from '../rules/report';
import { StoreUnavailableError } from '../store/errors';
import { SupersededError } from '../store/store';
import {
  FormerOwnerError,
  FormerRootOfOtherTenantError,
  isStop,
  KeysChangedError,
  KeysInDoubtError,
  OtherStoreError,
  PlaceChangedError,
  RegistrationOnItsWayError,
  RootOwnedByOtherError,
  RootScopeMissingError,
  RunClosedError,
  SpaceHeldError,
  SpaceNotFoundError,
  SpaceScopeMisplacedError,
  SpaceScopeTakenError,
  SyncError,
  SystemDownError,
  TenantBeingRemovedError,
  TenantFileError,
  TenantNotActiveError,
} from './errors';

/** How often an unknown tenant is looked for: its file may be on its way to this worker. */
const UNKNOWN_TENANT_ATTEMPTS = 3;
const UNKNOWN_TENANT_DELAY_MS = 5_000;

/**
 * How often a step may fail for a reason that nobody foresaw, in all its attempts: a poisoned slice must end. What is
 * known to pass (an outage, a limit, a lease) is waited for, however long it takes.
 */
export const UNFORESEEN_FAILURES = 8;

/** What of a failure workflows and people read; stands in Temporal's history. */
export interface FailureDetails {
  readonly step: Step;
  readonly httpStatus?: number;
}

/**
 * The only place that turns an error into a Temporal failure.
 *
 * Retryable is what time heals (rate limits, an unreachable site); final is what only a person heals (credentials,
 * configuration, ownership). Stops pass untouched: the SDK knows them by their class.
 */
export function toFailure(error: unknown, step: Step, unforeseenBefore = 0): unknown {
  if (isStop(error) || error instanceof ApplicationFailure) return error;
  const at = error instanceof SyncError ? error.step : step;
  const cause = error instanceof SyncError ? error.cause : error;
  const failure = (options: { nonRetryable?: boolean; nextRetryDelay?: number }) =>
    ApplicationFailure.create({
      message: messageOf(error),
      type: cause instanceof Error ? cause.name : 'Error',
      details: [details(at, cause)],
      ...options,
    });
  if (cause instanceof RateLimitedError) return failure({ nextRetryDelay: cause.retryAfterMs });
  if (cause instanceof UnavailableError) return failure({});
  if (
    cause instanceof SpaceHeldError ||
    cause instanceof FormerOwnerError ||
    cause instanceof KeysInDoubtError ||
    cause instanceof RegistrationOnItsWayError ||
    cause instanceof TenantFileError
  ) {
    return failure({ nextRetryDelay: cause.retryAfterMs });
  }
  if (cause instanceof OtherStoreError) return failure({ nextRetryDelay: cause.retryAfterMs });
  if (cause instanceof UnknownTenantError) {
    const last = Context.current().info.attempt >= UNKNOWN_TENANT_ATTEMPTS;
    return failure(last ? { nonRetryable: true } : { nextRetryDelay: UNKNOWN_TENANT_DELAY_MS });
  }
  return failure({ nonRetryable: isFinal(cause) || (!mayPass(error) && unforeseenBefore + 1 >= UNFORESEEN_FAILURES) });
}

/** Whether a failure is of a kind that time heals, so that it is tried again without end. */
export function mayPass(error: unknown): boolean {
  const cause = error instanceof SyncError ? error.cause : error;
  return PASSING.some((of) => cause instanceof of);
}

const PASSING = [
  RateLimitedError,
  UnavailableError,
  SystemDownError,
  StoreUnavailableError,
  SpaceHeldError,
  FormerOwnerError,
  OtherStoreError,
  RegistrationOnItsWayError,
  TenantFileError,
] as const;

const FINAL = [
  HttpError,
  ConfigurationError,
  RootScopeMissingError,
  RootOwnedByOtherError,
  FormerRootOfOtherTenantError,
  KeysChangedError,
  RunClosedError,
  PlaceChangedError,
  SpaceNotFoundError,
  SpaceScopeMisplacedError,
  SpaceScopeTakenError,
  TenantBeingRemovedError,
  TenantNotActiveError,
  SupersededError,
] as const;

function isFinal(error: unknown): boolean {
  return FINAL.some((of) => error instanceof of);
}

function details(step: Step, error: unknown): FailureDetails {
  const status = error instanceof HttpError ? error.status : undefined;
  return { step, ...(status === undefined ? {} : { httpStatus: status }) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
