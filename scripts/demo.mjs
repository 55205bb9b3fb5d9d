/**
 * Shows a whole sync on this machine without any account: emulated Confluence and Unique, Temporal with its UI, a worker.
 *
 * Usage: npm run demo            stays up until Ctrl-C
 *        npm run demo -- --once  ends by itself
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const script of ['setup.mjs', 'build.mjs']) {
  const { status } = spawnSync(process.execPath, [`${root}scripts/${script}`], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const demo = spawn(process.execPath, [`${root}dist/cli/demo/main.js`, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the demo by itself; a signal to this process alone is handed on, and the demo ends in its own time.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => demo.kill('SIGTERM'));
demo.on('exit', (code) => process.exit(code ?? 1));
