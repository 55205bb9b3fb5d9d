/** Things that happen later, all of which can be called off together, for good. */
export class Later {
  private readonly pending = new Map<NodeJS.Timeout, () => void>();
  private readonly calledOff: Promise<false>;
  private callOff: (value: false) => void = () => undefined;
  private isCancelled = false;

  constructor() {
    this.calledOff = new Promise((resolve) => (this.callOff = resolve));
  }

  /** Resolves after `ms`, or at once when everything is called off. */
  wait(ms: number): Promise<void> {
    if (this.isCancelled) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.pending.delete(timer);
        resolve();
      }, ms);
      this.pending.set(timer, resolve);
    });
  }

  /** Runs `action` after `ms`, never when everything is called off before. */
  after(ms: number, action: () => void): void {
    void this.wait(ms).then(() => {
      if (!this.isCancelled) action();
    });
  }

  /** Waits for something; false when everything is called off before. */
  until(happens: Promise<unknown>): Promise<boolean> {
    return Promise.race([happens.then(() => true), this.calledOff]);
  }

  /** Calls everything off; whoever waits goes on at once. */
  cancel(): void {
    this.isCancelled = true;
    this.callOff(false);
    for (const [timer, release] of this.pending) {
      clearTimeout(timer);
      release();
    }
    this.pending.clear();
  }
}
