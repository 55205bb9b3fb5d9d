import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** A caller that awaits a sync of hours outlives a server that is restarted or moved. */
const LONGEST_OUTAGE_MS = 10 * 60_000;
const ASK_AGAIN_AFTER_MS = 1_000;

/** The SDK itself asks ten times, for about half a minute: a call that took longer was connected in between. */
const SDK_GIVES_UP_WITHIN_MS = 60_000;

/** gRPC's codes for a server that does not answer in time, or not at all: DEADLINE_EXCEEDED and UNAVAILABLE. */
const UNREACHABLE: ReadonlySet<number> = new Set([4, 14]);

/** True when Temporal's server could not be reached, or did not answer in time. */
export function isUnreachable(error: unknown): boolean {
  const code = grpcCode(error);
  return code !== undefined && UNREACHABLE.has(code);
}

function grpcCode(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

/**
 * Asks again while the server is away: the SDK bridges an outage of half a minute, then a waiting call throws although
 * the workflow goes on.
 *
 * @throws the last error, once the server has been away for ten minutes; every other error at once
 */
export async function throughOutages<T>(ask: () => Promise<T>): Promise<T> {
  let awaySince: number | undefined;
  for (;;) {
    const askedAt = Date.now();
    try {
      return await ask();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const now = Date.now();
      if (awaySince === undefined || now - askedAt > SDK_GIVES_UP_WITHIN_MS) awaySince = now;
      if (now - awaySince > LONGEST_OUTAGE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER_MS));
    }
  }
}
