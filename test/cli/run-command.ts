import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { processStart } from '../../cli/temporal/process-identity';

const executable = resolve(__dirname, '../../dist/cli/main.js');

/** A `syncspace` process and what it has written so far. */
export class RunningCommand {
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits for its end; anything but this exit code is an error with all that it has written. */
  async endsWith(code: number): Promise<void> {
    const actual = await this.ended;
    if (actual !== code) throw new Error(`It ended with ${actual}, not ${code}:\n${this.stdout}\n${this.stderr}`);
  }

  /** Waits until it has written something that matches. */
  async says(pattern: RegExp): Promise<void> {
    let hasEnded = false;
    void this.ended.then(() => (hasEnded = true));
    while (!pattern.test(this.stdout + this.stderr)) {
      if (hasEnded) throw new Error(`It ended without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A home folder of its own with tenant files, and `syncspace` commands that run in it. */
export class CommandHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'syncspace-cli-'));
  private readonly commands: RunningCommand[] = [];

  /** Variables that a test adds to all its commands. */
  readonly environment: Record<string, string> = {};

  start(...argv: readonly string[]): RunningCommand {
    const { TEMPORAL_ADDRESS: _notOurs, LOG_LEVEL: _default, ...inherited } = process.env;
    const command = new RunningCommand(
      spawn(process.execPath, [executable, ...argv], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...inherited,
          SYNCSPACE_HOME: join(this.folder, 'home'),
          TENANT_CONFIG_PATH_PATTERN: join(this.folder, '*-tenant-config.yaml'),
          PORT: '0',
          ...this.environment,
        },
      }),
    );
    this.commands.push(command);
    return command;
  }

  async run(...argv: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const command = this.start(...argv);
    const code = await command.ended;
    return { code, stdout: command.stdout, stderr: command.stderr };
  }

  /** Pid of the embedded server that runs in this home. */
  serverPid(): number | undefined {
    const file = join(this.folder, 'home', 'server.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid : undefined;
  }

  /** Who uses the server, and whether they work. */
  users(): readonly { readonly pid: number; readonly works: string }[] {
    const folder = join(this.folder, 'home', 'users');
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { pid: number; works: string });
  }

  /** Ends what still runs. A failed test must not leave a server behind. */
  async close(): Promise<void> {
    for (const command of this.commands) command.signal('SIGKILL');
    await Promise.all(this.commands.map(({ ended }) => ended));
    const pid = this.serverPid();
    if (pid !== undefined) killIfAlive(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** False for one that was killed, even if nobody has collected it yet. */
export function isAlive(pid: number): boolean {
  return processStart(pid) !== undefined;
}

function killIfAlive(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}
