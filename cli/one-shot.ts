import type { Logger } from 'pino';
import { type Environment, processEnvironment } from '../config/environment';
import { createLogger } from '../worker/logging';
import type { CommandContext } from './context';
import type { TemporalSession } from './temporal/session';
import { WorkerKeeper } from './worker/worker-keeper';

/** A command at a terminal logs errors only, unless LOG_LEVEL says otherwise; what is tried again, its progress tells. */
export function oneShotLogger(environment: Environment): Logger {
  const isSet = (processEnvironment()['LOG_LEVEL'] ?? '').trim() !== '';
  return createLogger({ logLevel: isSet ? environment.logLevel : 'error' });
}

/** A worker for as long as a command runs; `undefined` where somebody else runs Temporal, and so the workers too. */
export function keepWorker(
  { environment, output }: CommandContext,
  session: TemporalSession,
  readOnly: boolean,
): WorkerKeeper | undefined {
  if (session.home === undefined) return undefined;
  const { connectionOptions, namespace } = session;
  return new WorkerKeeper({
    home: session.home,
    environment,
    temporal: { connectionOptions, namespace },
    readOnly,
    logger: oneShotLogger(environment),
    say: (sentence) => output.say(sentence),
  });
}

/** Waits for something that can only happen while Temporal and the worker live. */
export function whileServed<T>(
  session: TemporalSession,
  keeper: WorkerKeeper | undefined,
  wait: Promise<T>,
): Promise<T> {
  const losses = [session.home?.lost, keeper?.failed].filter((loss) => loss !== undefined);
  return Promise.race([wait, ...losses]);
}
