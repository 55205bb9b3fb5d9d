import { configuredTemporal } from './configured';
import { EmbeddedHome } from './embedded-home';
import { NoTemporalError } from './errors';
import type { PortWishes } from './free-port';
import { configuredSession, embeddedSession, type TemporalSession } from './session';

export interface UseTemporalOptions {
  /** Absolute path of the home folder. */
  readonly home: string;
  /** The process's environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Which ports an embedded server takes if one must be started; absent: none is started. */
  readonly start?: PortWishes;
  /** Is told which Temporal this is, and when an embedded server had to be started again. */
  readonly say: (sentence: string) => void;
}

/**
 * Which Temporal a command works with: the configured one; else the embedded server of the home, if its process and its
 * cluster are the ones of `server.json`; else an embedded one that is started now. Nothing is probed: what listens on
 * 7233 may be a stranger's.
 *
 * @throws {TemporalUnreachableError} when the configured one does not answer
 * @throws {NoTemporalError} when there is none and none was to be started
 */
export async function useTemporal(options: UseTemporalOptions): Promise<TemporalSession> {
  const { home: folder, environment, start, say } = options;
  const configured = configuredTemporal(environment);
  const session = configured === undefined ? await useEmbedded() : await configuredSession(configured);
  say(session.sentence);
  return session;

  async function useEmbedded(): Promise<TemporalSession> {
    const home = await EmbeddedHome.enter(folder, {
      environment,
      onRestart: say,
      ...(start === undefined ? {} : { start }),
    });
    if (home === undefined) throw new NoTemporalError(folder);
    if (environment['TEMPORAL_NAMESPACE']?.trim()) {
      say('TEMPORAL_NAMESPACE has no effect without TEMPORAL_ADDRESS: the embedded server has only `default`.');
    }
    return embeddedSession(home);
  }
}
