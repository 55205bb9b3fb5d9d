import { Command } from 'commander';
import { addApproveCommand } from './commands/approve';
import { addCancelCommand } from './commands/cancel';
import { addConfigCommand } from './commands/config';
import { addDeleteTenantCommand } from './commands/delete-tenant';
import { addPauseCommand } from './commands/pause';
import { addPlanCommand } from './commands/plan';
import { addResumeCommand } from './commands/resume';
import { addSandboxCommand } from './commands/sandbox';
import { addScheduleCommand } from './commands/schedule';
import { addStatusCommand } from './commands/status';
import { addSyncCommand } from './commands/sync';
import { addUpCommand } from './commands/up';
import { addWorkerCommand } from './commands/worker';
import type { CommandContext } from './context';
import type { ExitCode } from './exit-code';
import { packageVersion } from './version';

/** Does the work of a command and keeps what it ends with. */
export type RunCommand = (work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

/** Options that every command understands. */
export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The `syncspace` command: names, arguments and help; the work is handed to `run`. */
export function createProgram(run: RunCommand): Command {
  const program = new Command('syncspace')
    .description('Keeps the knowledge base of the Unique AI platform in step with Confluence')
    .version(packageVersion())
    .option('--config <glob>', 'tenant files (default: TENANT_CONFIG_PATH_PATTERN, else *-tenant-config.yaml here)')
    .option('--json', 'one JSON document on stdout and nothing else there')
    .showHelpAfterError('(see --help)')
    .exitOverride();
  addUpCommand(program, run);
  addWorkerCommand(program, run);
  addSyncCommand(program, run);
  addPlanCommand(program, run);
  addStatusCommand(program, run);
  addPauseCommand(program, run);
  addResumeCommand(program, run);
  addApproveCommand(program, run);
  addCancelCommand(program, run);
  addScheduleCommand(program, run);
  addConfigCommand(program, run);
  addDeleteTenantCommand(program, run);
  addSandboxCommand(program, run);
  return program;
}
