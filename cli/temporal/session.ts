import { Client } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { ConfiguredTemporal } from './configured';
import { connect } from './connect';
import type { EmbeddedHome } from './embedded-home';

/** The Temporal server that a command works with. */
export interface TemporalSession {
  readonly client: Client;
  readonly namespace: string;
  /** For a worker's own connection. */
  readonly connectionOptions: NativeConnectionOptions;
  /** Which Temporal this is and why: one sentence. */
  readonly sentence: string;
  /** Where people look at it, if we know. */
  readonly uiAddress?: string;
  /** Present with an embedded server, which this command shares with others. */
  readonly home?: EmbeddedHome;
  /** Leaves; the last one that leaves an embedded server stops it. */
  close(): Promise<void>;
}

/**
 * Connects to the configured Temporal server.
 *
 * @throws {TemporalUnreachableError}
 */
export async function configuredSession(configured: ConfiguredTemporal): Promise<TemporalSession> {
  const { address, namespace, connectionOptions } = configured;
  const { connection, disconnect } = await connect(address, connectionOptions);
  return {
    client: new Client({ connection, namespace }),
    namespace,
    connectionOptions,
    sentence: `Temporal: the configured server at ${address}, namespace ${namespace}`,
    close: disconnect,
  };
}

/** Connects to the embedded server of a home that this process has entered. */
export async function embeddedSession(home: EmbeddedHome): Promise<TemporalSession> {
  const { address, uiAddress, pid } = home.server;
  const connectionOptions = { address };
  const { connection, disconnect } = await connect(address, connectionOptions).catch(async (error: unknown) => {
    await home.leave();
    throw error;
  });
  const origin = home.started ? 'an embedded server, started now' : `the embedded server of this home (pid ${pid})`;
  return {
    client: new Client({ connection }),
    namespace: 'default',
    connectionOptions,
    uiAddress,
    sentence: `Temporal: ${origin} at ${address}, UI ${uiAddress}`,
    home,
    close: async () => {
      await disconnect();
      await home.leave();
    },
  };
}
