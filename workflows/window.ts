import { CancellationScope, condition } from '@temporalio/workflow';

/** Work that comes piece by piece, of which several are done at a time. */
export interface Window<T> {
  readonly size: number;
  /** False when, as things stand, nothing is left to take. Work that comes back makes it true again. */
  more(): boolean;
  /** Takes the next piece; `undefined` when a look into the store found the end. */
  next(): Promise<T | undefined> | T | undefined;
  /** False while paused. */
  open(): boolean;
  /** True when this run takes nothing more, because it continues as new. */
  full(): boolean;
  run(piece: T): Promise<void>;
}

/**
 * Runs what `next` yields, at most `size` at a time; returns when everything taken has ended, also after a failure or
 * a cancellation, so that no child is left behind by a continue-as-new.
 *
 * @throws the first error of a piece
 */
export async function slidingWindow<T>(window: Window<T>): Promise<void> {
  const errors: unknown[] = [];
  let inFlight = 0;
  const ended = () => errors.length > 0 || window.full() || (inFlight === 0 && !window.more());
  const mayTake = () => window.open() && window.more() && inFlight < window.size;
  try {
    for (;;) {
      await condition(() => ended() || mayTake());
      if (ended()) break;
      const piece = await window.next();
      if (piece === undefined) continue;
      inFlight++;
      void window
        .run(piece)
        .catch((error: unknown) => errors.push(error))
        .finally(() => inFlight--);
    }
  } finally {
    await CancellationScope.nonCancellable(() => condition(() => inFlight === 0));
  }
  if (errors.length > 0) throw errors[0];
}
