import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { TemporalUnreachableError } from './errors';

const CONNECTED_WITHIN_MS = 10_000;

/** A connection of Temporal's client that can be ended while calls are under way. */
export interface EndableConnection {
  readonly connection: Connection;
  readonly disconnect: () => Promise<void>;
}

/**
 * Connects to a Temporal server.
 *
 * Calls that wait are common when a command ends: for a result nobody waits for any more, for a last look at the
 * progress. When the server cuts such a call off, the SDK (1.24) tries it once more, on the connection that was closed
 * meanwhile, and that throws where nobody can catch it.
 *
 * @throws {TemporalUnreachableError} when none answers within ten seconds
 */
export async function connect(address: string, options: NativeConnectionOptions): Promise<EndableConnection> {
  let ending = false;
  let retryingUntil = 0;
  const usual = defaultGrpcRetryOptions();
  const interceptor = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !ending && usual.retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delayMs = usual.delayFunction(attempt, status);
      retryingUntil = Math.max(retryingUntil, Date.now() + delayMs);
      return delayMs;
    },
  });
  const connection = await Connection.connect({
    ...(options as ConnectionOptions), // the two clients of the SDK read the same options, but are typed apart
    connectTimeout: CONNECTED_WITHIN_MS,
    interceptors: [interceptor],
  }).catch((error: unknown) => {
    throw new TemporalUnreachableError(address, { cause: error });
  });
  return {
    connection,
    disconnect: async () => {
      ending = true;
      const retryInMs = retryingUntil - Date.now();
      if (retryInMs >= 0) await new Promise((resolve) => setTimeout(resolve, retryInMs + 50));
      await connection.close();
    },
  };
}
