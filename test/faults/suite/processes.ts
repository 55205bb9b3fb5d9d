import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../../../cli/temporal/embedded-server';

const RESTARTS = 10;
const CLI = join(__dirname, '../../../dist/cli/main.js');

/** A Temporal server with a database file, which can be killed and comes back on the same file and port. */
export class TemporalProcess {
  private constructor(
    private readonly home: string,
    readonly address: string,
    private readonly uiPort: number,
    private pid: number,
  ) {}

  static async start(home: string): Promise<TemporalProcess> {
    mkdirSync(home, { recursive: true });
    const { address, uiAddress, pid } = await startServer(home, { ports: 'any' }, process.env);
    return new TemporalProcess(home, address, portOf(uiAddress), pid);
  }

  kill(): void {
    process.kill(this.pid, 'SIGKILL');
  }

  async restart(): Promise<void> {
    const ports = { ports: 'any', port: portOf(this.address), uiPort: this.uiPort } as const;
    for (let attempt = 1; ; attempt++) {
      try {
        const { pid } = await startServer(this.home, ports, process.env);
        this.pid = pid;
        return;
      } catch (error) {
        // The port of the killed one, or its file, may be held for a moment.
        if (attempt === RESTARTS) throw error;
        await sleep(500);
      }
    }
  }
}

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

/** `syncspace worker` as a process; one that ends by itself is noted and started again, as a supervisor would. */
export class WorkerProcess {
  /** What it said last each time that it ended without having been killed. */
  readonly lastWords: string[] = [];
  private child: ChildProcess | undefined;
  private wanted = false;

  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    this.wanted = true;
    const { LOG_LEVEL: _theirs, ...inherited } = process.env;
    const child = spawn(process.execPath, [CLI, 'worker'], {
      env: { ...inherited, LOG_LEVEL: 'error', PORT: '0', ...this.environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000)));
    child.once('exit', () => {
      if (!this.wanted || this.child !== child) return;
      this.lastWords.push(said);
      setTimeout(() => {
        if (this.wanted && this.child === child) this.start();
      }, 500).unref();
    });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.wanted = false;
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}
