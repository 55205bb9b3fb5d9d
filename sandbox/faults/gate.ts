/** Where requests wait until somebody lets them go: the order of two requests is then no matter of time. */
export class Gate {
  private readonly arrived: (() => void)[] = [];
  private readonly waiting: (() => void)[] = [];
  private isOpen = false;
  private count = 0;

  /** Resolves when a request has arrived, in the past or from now on. */
  get reached(): Promise<void> {
    return this.count > 0 ? Promise.resolve() : new Promise((resolve) => this.arrived.push(resolve));
  }

  /** Lets everything go that waits, and whatever comes later. */
  open(): void {
    this.isOpen = true;
    for (const go of this.waiting.splice(0)) go();
  }

  /** For the servers of the sandbox: resolves when the gate opens. */
  pass(): Promise<void> {
    this.count += 1;
    for (const tell of this.arrived.splice(0)) tell();
    return this.isOpen ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  }
}
