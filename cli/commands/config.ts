import type { Command } from 'commander';
import { tenantJsonSchema } from '../../config/json-schema';
import { ConfigurationError } from '../../config/errors';
import { loadTenants } from '../../config/load';
import type { CommandContext } from '../context';
import { exitCode, type ExitCode } from '../exit-code';
import type { RunCommand } from '../program';
import { table } from '../report/table';

/** `config check` and `config schema`: tenant files without a sync. */
export function addConfigCommand(program: Command, run: RunCommand): void {
  const config = program.command('config').description('check tenant files, print their JSON Schema');
  config
    .command('check')
    .description('check every tenant file and name all that is wrong')
    .action(() => run(checkConfig));
  config
    .command('schema')
    .description('print the JSON Schema of a tenant file, for editors')
    .action(() => run(printSchema));
}

async function checkConfig({ environment, output }: CommandContext): Promise<ExitCode> {
  environment.proxy(); // a worker here would need it
  const { tenants, problems, warnings } = await loadTenants({ pattern: environment.tenantConfigPattern });
  for (const { file, path, message } of warnings) output.say(`Warning: ${file}: ${path} ${message}.`);
  const ok = problems.length === 0;
  const rows = tenants.map(({ tenant, status, file }) => [tenant, status, file]);
  const document = {
    ok,
    tenants: tenants.map(({ tenant, status, file }) => ({ tenant, status, file })),
    problems,
    warnings,
  };
  if (!ok) output.say(new ConfigurationError(problems).message);
  output.result(document, () =>
    [rows.length === 0 ? 'No tenant can be used.' : 'Tenants that can be used:', table(rows)].join('\n'),
  );
  return ok ? exitCode.done : exitCode.refused;
}

async function printSchema({ output }: CommandContext): Promise<ExitCode> {
  const schema = tenantJsonSchema();
  output.result(schema, () => JSON.stringify(schema, undefined, 2));
  return Promise.resolve(exitCode.done);
}
