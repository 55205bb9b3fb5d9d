/** Tells the time of one emulated product; tests move it instead of waiting. */
export class Clock {
  private shiftedMs = 0;

  /** @returns milliseconds since the epoch: the machine's time plus all shifts */
  now(): number {
    return Date.now() + this.shiftedMs;
  }

  /** Moves the clock by `ms` from now on; negative moves it back. */
  shift(ms: number): void {
    this.shiftedMs += ms;
  }
}
