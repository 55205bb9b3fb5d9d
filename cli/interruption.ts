import { exitCode } from './exit-code';

/** SIGINT and SIGTERM of this process: the first asks for an orderly end, the second ends it at once. */
export class Interruption {
  private resolve: (signal: NodeJS.Signals) => void = () => undefined;
  private first: NodeJS.Signals | undefined;
  /** Resolves with the first signal. */
  readonly received = new Promise<NodeJS.Signals>((resolve) => (this.resolve = resolve));
  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.first !== undefined) process.exit(exitCode.interrupted);
    this.first = signal;
    this.resolve(signal);
  };

  /** From now on this process does not end by itself on these signals. */
  listen(): this {
    process.on('SIGINT', this.onSignal);
    process.on('SIGTERM', this.onSignal);
    return this;
  }

  stopListening(): void {
    process.off('SIGINT', this.onSignal);
    process.off('SIGTERM', this.onSignal);
  }

  get happened(): boolean {
    return this.first !== undefined;
  }
}
