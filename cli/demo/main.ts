import { parseArgs } from 'node:util';
import { exitCode } from '../exit-code';
import { Interruption } from '../interruption';
import { Output } from '../output';
import { printError, wantsStack } from '../print-error';
import { runDemo } from './run-demo';

/** What `npm run demo` runs once everything is set up and built. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const output = new Output(process.stdout, process.stderr, false);
  const interruption = new Interruption().listen();
  try {
    await runDemo({ once: values.once, output, interruption });
    process.exit(exitCode.done);
  } catch (error) {
    process.exit(printError(error, output, wantsStack()));
  }
}

void main();
