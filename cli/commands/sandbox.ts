import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { startSandbox, type Sandbox } from '../../sandbox';
import type { CommandContext } from '../context';
import { exitCode, type ExitCode } from '../exit-code';
import { parsePort } from '../parse-port';
import type { RunCommand } from '../program';
import { table } from '../report/table';

interface SandboxCommandOptions {
  readonly flavor: 'cloud' | 'data-center';
  readonly port?: number;
  readonly dir?: string;
}

/** `sandbox`: an emulated Confluence and Unique to rehearse on, and a tenant file for them. */
export function addSandboxCommand(program: Command, run: RunCommand): void {
  program
    .command('sandbox')
    .description('run an emulated Confluence and Unique, and write a tenant file for them')
    .addOption(
      new Option('--flavor <flavor>', 'which Confluence').choices(['cloud', 'data-center']).default('data-center'),
    )
    .option('--port <n>', 'port of Confluence; the next two are used too (default: free ones)', parsePort)
    .option('--dir <path>', 'where the tenant file goes (default: sandbox in SYNCSPACE_HOME)')
    .action((options: SandboxCommandOptions) => run((context) => sandbox(context, options)));
}

async function sandbox(context: CommandContext, { flavor, port, dir }: SandboxCommandOptions): Promise<ExitCode> {
  const { environment, output, interruption } = context;
  const running = await startSandbox({ flavor, ...(port === undefined ? {} : { port }) });
  try {
    const file = await running.writeTenantFile(resolve(dir ?? `${environment.home}/sandbox`));
    const { tenant, confluenceUrl, uniqueUrl } = running;
    output.result({ tenant, flavor, confluenceUrl, uniqueUrl, tenantFile: file }, () => sandboxText(running, file));
    await interruption.received;
    return exitCode.done;
  } finally {
    await running.close();
  }
}

function sandboxText({ tenant, flavor, confluenceUrl, uniqueUrl }: Sandbox, file: string): string {
  const rows = [
    [`Confluence (${flavor})`, confluenceUrl],
    ['Unique', uniqueUrl],
    ['Tenant file', file],
    ['What can be changed', `${new URL(confluenceUrl).origin}/_sandbox`],
    ['First sync', `syncspace sync ${tenant} --config '${file}'`],
  ];
  return `${table(rows, '')}\nNothing is kept: Ctrl-C ends it.`;
}
