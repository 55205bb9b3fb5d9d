import { exitCode } from './exit-code';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C, SIGTERM or a closed terminal: the first asks for an orderly end, the second ends this process at once. */
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
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
    return this;
  }

  stopListening(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
  }

  /** The first signal, once there was one. */
  get signal(): NodeJS.Signals | undefined {
    return this.first;
  }
}
