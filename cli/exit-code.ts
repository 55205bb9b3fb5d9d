import type { Outcome } from '../rules/report';

/** Exit codes of `syncspace`: a contract, other programs rely on them. */
export const exitCode = {
  done: 0,
  failed: 1,
  /** Bad usage or configuration. */
  refused: 2,
  /** Partial, blocked or skipped. */
  incomplete: 3,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** What `sync` ends with after a run with this outcome. */
export function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome) {
    case 'succeeded':
      return exitCode.done;
    case 'partial':
    case 'blocked':
    case 'skipped':
      return exitCode.incomplete;
    case 'cancelled':
    case 'failed':
      return exitCode.failed;
  }
}
