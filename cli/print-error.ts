import {
  DeletionRunsError,
  NothingToPauseError,
  NoWorkerAnswersError,
  QuestionFailedError,
  SyncRunsError,
  SyncWithoutReportError,
} from '../client';
import { processEnvironment } from '../config/environment';
import { ConfigurationError, UnknownTenantError } from '../config/errors';
import { TemporalBinaryPathError } from '../scripts/temporal-binary.cjs';
import { SandboxPortInUseError } from '../sandbox';
import { StoreLockedError, StoreNewerError, StoreUnavailableError } from '../store/errors';
import { WorkflowBundleMissingError } from '../worker/bundle-path';
import { DemoRunsError, TenantNotActiveError, WorkerElsewhereError } from './errors';
import { exitCode, type ExitCode } from './exit-code';
import type { Output } from './output';
import {
  HomeLockedError,
  NoTemporalError,
  PortTakenError,
  ServerDidNotStartError,
  ServerOnOtherPortsError,
  ServerSilentError,
  TemporalBinaryMissingError,
  TemporalUnreachableError,
} from './temporal/errors';

type ErrorClass = abstract new (...input: never[]) => Error;

/** Errors whose message tells an operator what happened, what it means and what to do: the message is printed as it is. */
const KNOWN: readonly (readonly [ErrorClass, ExitCode])[] = [
  [ConfigurationError, exitCode.refused],
  [UnknownTenantError, exitCode.refused],
  [TenantNotActiveError, exitCode.refused],
  [TemporalBinaryPathError, exitCode.refused],
  [NoTemporalError, exitCode.refused],
  [DeletionRunsError, exitCode.incomplete],
  [SyncRunsError, exitCode.incomplete],
  [NothingToPauseError, exitCode.failed],
  [NoWorkerAnswersError, exitCode.failed],
  [QuestionFailedError, exitCode.failed],
  [SyncWithoutReportError, exitCode.failed],
  [StoreLockedError, exitCode.failed],
  [StoreUnavailableError, exitCode.failed],
  [StoreNewerError, exitCode.failed],
  [WorkflowBundleMissingError, exitCode.failed],
  [SandboxPortInUseError, exitCode.failed],
  [WorkerElsewhereError, exitCode.failed],
  [DemoRunsError, exitCode.failed],
  [HomeLockedError, exitCode.failed],
  [PortTakenError, exitCode.failed],
  [ServerDidNotStartError, exitCode.failed],
  [ServerOnOtherPortsError, exitCode.failed],
  [ServerSilentError, exitCode.failed],
  [TemporalBinaryMissingError, exitCode.failed],
  [TemporalUnreachableError, exitCode.failed],
];

/**
 * Prints what went wrong on stderr, and with `--json` as `{ "error": { name, message } }` on stdout.
 *
 * @param withStack also prints the stack of an error that nobody foresaw
 * @returns what the process ends with
 */
export function printError(error: unknown, output: Output, withStack: boolean): ExitCode {
  const known = KNOWN.find(([errorClass]) => error instanceof errorClass);
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const text = known === undefined ? unforeseen(name, message, withStack ? stack : undefined) : message;
  output.say(text);
  if (output.json) output.result({ error: { name, message } }, () => '');
  return known?.[1] ?? exitCode.failed;
}

function unforeseen(name: string, message: string, stack: string | undefined): string {
  if (stack !== undefined) return stack;
  const sentence = message.split('\n')[0] ?? '';
  return `Something unforeseen went wrong: ${name}: ${sentence} (set LOG_LEVEL=debug for the stack).`;
}

/** Read by hand, because it also counts when the environment itself is what is wrong. */
export function wantsStack(): boolean {
  return ['debug', 'trace'].includes(processEnvironment()['LOG_LEVEL']?.trim() ?? '');
}
