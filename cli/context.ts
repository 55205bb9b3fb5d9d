import { type Environment, processEnvironment } from '../config/environment';
import type { Interruption } from './interruption';
import type { Output } from './output';
import type { PortWishes } from './temporal/free-port';
import type { TemporalSession } from './temporal/session';
import { useTemporal } from './temporal/use-temporal';

/** What every command gets. */
export interface CommandContext {
  /** With `--config` in it. */
  readonly environment: Environment;
  readonly output: Output;
  readonly interruption: Interruption;
}

/** Does the work of a command with the Temporal server it is meant for, and leaves that again however the work ends. */
export async function withTemporal<T>(
  { environment, output }: CommandContext,
  start: PortWishes | undefined,
  work: (session: TemporalSession) => Promise<T>,
): Promise<T> {
  const session = await useTemporal({
    home: environment.home,
    environment: processEnvironment(),
    say: (sentence) => output.say(sentence),
    ...(start === undefined ? {} : { start }),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
