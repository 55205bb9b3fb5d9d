import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { TemporalLogLines } from './logging';

let installed = false;

/** Once a process: Temporal's log lines go through our logger; signals are the command line's business. */
export function installRuntime(logger: Logger): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new TemporalLogLines(logger),
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } },
  });
}
