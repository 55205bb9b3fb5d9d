import { CancellationScope, log, setHandler } from '@temporalio/workflow';
import { pauseSignal, resumeSignal } from './messages';

/** Something that stops while its workflow is paused: a slice in flight, a child workflow. */
export interface Pausable {
  pauseWith(reason: string): void;
  resumeNow(): void;
}

/** The pause state of one workflow. Handlers are synchronous, so nothing is lost between them and a continue-as-new. */
export class Pause {
  private readonly followers = new Set<Pausable>();

  constructor(
    private reason: string | undefined,
    /** After each change, so that what people see is refreshed. */
    private readonly changed: () => void,
  ) {}

  /** Called when the workflow's state is complete: signals that waited for a worker are handled within this call. */
  listen(): void {
    setHandler(pauseSignal, (why) => this.change(why || 'no reason given'), {
      description: 'Start no new work; running slices stop at their next batch',
    });
    setHandler(resumeSignal, () => this.change(undefined), { description: 'Go on after a pause' });
  }

  get why(): string | undefined {
    return this.reason;
  }

  get active(): boolean {
    return this.reason !== undefined;
  }

  /** Whoever joins while paused is paused at once. Returns how to leave. */
  follow(follower: Pausable): () => void {
    this.followers.add(follower);
    if (this.reason !== undefined) follower.pauseWith(this.reason);
    return () => this.followers.delete(follower);
  }

  private change(reason: string | undefined): void {
    if (reason === this.reason) return;
    this.reason = reason;
    for (const follower of this.followers) {
      if (reason === undefined) follower.resumeNow();
      else follower.pauseWith(reason);
    }
    this.changed();
  }
}

/**
 * Sends a signal that may come too late: a workflow that has just ended is no error, and an unhandled rejection would
 * fail the workflow task for ever.
 */
export function forward(send: () => Promise<void>, to: string): void {
  void CancellationScope.nonCancellable(send).catch((error: unknown) =>
    log.warn('signal not delivered', { to, error: String(error) }),
  );
}
