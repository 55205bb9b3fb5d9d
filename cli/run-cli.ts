import { CommanderError } from 'commander';
import { type Environment, readEnvironment } from '../config/environment';
import type { CommandContext } from './context';
import { exitCode, type ExitCode } from './exit-code';
import { Interruption } from './interruption';
import { Output, type TextStream } from './output';
import { printError, wantsStack } from './print-error';
import { createProgram, type GlobalOptions } from './program';

/** Runs one `syncspace` command to its end. Never throws: what goes wrong is printed and counted in the exit code. */
export async function runCli(
  argv: readonly string[],
  streams: { readonly stdout: TextStream; readonly stderr: TextStream },
): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const program = createProgram(async (work) => {
    code = await runCommand(work, program.opts<GlobalOptions>(), streams);
  });
  program.configureOutput({
    writeOut: (text) => void streams.stdout.write(text),
    writeErr: (text) => void streams.stderr.write(text),
  });
  // Settings are not handed down to commands that exist already.
  for (const command of [program, ...program.commands]) {
    for (const one of [command, ...command.commands]) one.copyInheritedSettings(program);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the sentence or the help already.
    if (error.exitCode === 0) return exitCode.done;
    const { code: name, message } = error;
    if (argv.includes('--json')) streams.stdout.write(`${JSON.stringify({ error: { name, message } })}\n`);
    return exitCode.refused;
  }
}

async function runCommand(
  work: (context: CommandContext) => Promise<ExitCode>,
  { config, json = false }: GlobalOptions,
  { stdout, stderr }: { readonly stdout: TextStream; readonly stderr: TextStream },
): Promise<ExitCode> {
  const output = new Output(stdout, stderr, json);
  const interruption = new Interruption().listen();
  try {
    const environment: Environment = readEnvironment();
    const tenantConfigPattern = config ?? environment.tenantConfigPattern;
    return await work({ environment: { ...environment, tenantConfigPattern }, output, interruption });
  } catch (error) {
    return printError(error, output, wantsStack());
  } finally {
    interruption.stopListening();
  }
}
