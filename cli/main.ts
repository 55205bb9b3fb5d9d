import { exitCode } from './exit-code';
import { runCli } from './run-cli';

/** The `syncspace` executable. */
async function main(): Promise<void> {
  const { stdout, stderr } = process;
  const code = await runCli(process.argv.slice(2), { stdout, stderr });
  // A reader may be slower than we are.
  await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
  // Not left to the event loop: a batch that ignores its cancellation would keep the process alive.
  process.exit(code);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(exitCode.failed);
});
