/** Things that happen later, all of which can be called off together, for good. */
export class Later {
  private readonly pending = new Map<NodeJS.Timeout, () => void>();
  private isCancelled = false;

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

  /** Calls everything off; whoever waits goes on at once. */
  cancel(): void {
    this.isCancelled = true;
    for (const [timer, release] of this.pending) {
      clearTimeout(timer);
      release();
    }
    this.pending.clear();
  }
}
