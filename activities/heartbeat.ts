import { setMaxListeners } from 'node:events';
import { cancellationSignal, Context, heartbeat } from '@temporalio/activity';

/** Often enough for a heartbeat time-out of 30 s; the SDK throttles what is sent to the server. */
const HEARTBEAT_EVERY_MS = 5_000;
/** Requests in flight listen to one signal; Node would take more than ten for a leak. */
const LISTENERS = 500;

/**
 * Tells Temporal that the activity lives while it works, with what it has done so far, and hands on the signal that
 * says stop (pause, cancel, shutdown). Cancellation reaches an activity only through its heartbeats.
 */
export async function alive<T>(
  work: (signal: AbortSignal) => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const timer = setInterval(() => heartbeat(details()), HEARTBEAT_EVERY_MS);
  try {
    heartbeat(details());
    const signal = cancellationSignal();
    setMaxListeners(LISTENERS, signal);
    return await work(signal);
  } finally {
    clearInterval(timer);
  }
}

/** How often earlier attempts failed for a reason that nobody foresaw; they left it in their heartbeats. */
export function unforeseenFailures(): number {
  const { heartbeatDetails } = Context.current().info as {
    readonly heartbeatDetails?: { readonly unforeseen?: number };
  };
  return heartbeatDetails?.unforeseen ?? 0;
}

/** Which execution this is: unique for each attempt of each scheduled activity. */
export function attemptId(): string {
  const { activityId, attempt, workflowExecution } = Context.current().info;
  return `${workflowExecution?.runId ?? 'none'}/${activityId}/${attempt}`;
}
