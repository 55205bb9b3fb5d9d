import { findServer, isServerAlive, type LivingServer, startServer, stopServer } from './embedded-server';
import { ServerOnOtherPortsError } from './errors';
import type { PortWishes } from './free-port';
import { withHomeLock } from './home-lock';
import { enterUser, otherUsers, removeUser, type Work } from './home-users';
import { readServerFile, removeServerFile, type ServerFile } from './server-file';

const LOOK_AFTER_SERVER_MS = 2_000;

export interface EnterHomeOptions {
  /** Which ports a new server takes; absent: none is started. */
  readonly start?: PortWishes;
  readonly environment: NodeJS.ProcessEnv;
  /** Is told in one sentence when the server died and was started again. */
  readonly onRestart: (sentence: string) => void;
}

/**
 * The home folder's embedded server, shared by all commands that use it at the same time. Whoever comes first starts it,
 * whoever leaves last stops it; one that died is started again on its ports by whoever sees it first.
 */
export class EmbeddedHome {
  private watch: NodeJS.Timeout | undefined;
  private left = false;
  private fail: (error: unknown) => void = () => undefined;
  /** Rejects when the server died and cannot be started again. */
  readonly lost = new Promise<never>((_resolve, reject) => (this.fail = reject));

  private constructor(
    readonly folder: string,
    private current: LivingServer,
    /** False when another command, living or dead, had started it. */
    readonly started: boolean,
    private readonly options: EnterHomeOptions,
  ) {
    this.lost.catch(() => undefined); // nobody has to listen
    this.watchNext();
  }

  /**
   * Finds the home's server, or starts one, and enters this process as its user.
   *
   * @returns `undefined` when none runs and none was to be started
   * @throws {ServerOnOtherPortsError} when a port was asked for and the server has another one
   */
  static enter(folder: string, options: EnterHomeOptions): Promise<EmbeddedHome | undefined> {
    return withHomeLock(folder, async () => {
      const found = await findServer(folder);
      if (found === undefined && options.start === undefined) return undefined;
      if (found !== undefined && options.start !== undefined) refuseOtherPorts(folder, found, options.start);
      const server = found ?? (await startServer(folder, options.start ?? { ports: 'any' }, options.environment));
      enterUser(folder, 'no');
      return new EmbeddedHome(folder, server, found === undefined, options);
    });
  }

  get server(): ServerFile {
    return this.current;
  }

  /** Tells the others whether this process polls for work. */
  setWork(works: Work): void {
    enterUser(this.folder, works);
  }

  /** Whether another living process polls for syncs (`worker`) or at least answers questions (`reader`). */
  othersWork(): Work {
    const works = otherUsers(this.folder).map((user) => user.works);
    if (works.includes('worker')) return 'worker';
    return works.includes('reader') ? 'reader' : 'no';
  }

  /** Whether another living command uses the server. */
  hasOthers(): boolean {
    return otherUsers(this.folder).length > 0;
  }

  /** Takes this process out; stops the server if nobody else uses it. */
  leave(): Promise<void> {
    this.left = true;
    clearTimeout(this.watch);
    return withHomeLock(this.folder, async () => {
      removeUser(this.folder);
      const server = readServerFile(this.folder);
      if (server === undefined || otherUsers(this.folder).length > 0) return;
      if (isServerAlive(server)) await stopServer(this.folder, server);
      else removeServerFile(this.folder);
    });
  }

  private watchNext(): void {
    if (this.left) return;
    this.watch = setTimeout(() => void this.lookAfterServer(), LOOK_AFTER_SERVER_MS).unref();
  }

  private async lookAfterServer(): Promise<void> {
    try {
      if (!isServerAlive(this.current)) await withHomeLock(this.folder, () => this.startAgain());
      this.watchNext();
    } catch (error) {
      this.fail(error);
    }
  }

  private async startAgain(): Promise<void> {
    if (this.left) return; // while this look waited for the lock
    const found = await findServer(this.folder);
    if (found !== undefined) {
      this.current = found; // another user was faster
      return;
    }
    const [port, uiPort] = [this.current.address, this.current.uiAddress].map((address) => portOf(address));
    const wishes: PortWishes = { ports: 'any', ...(port && { port }), ...(uiPort && { uiPort }) };
    this.options.onRestart(`Temporal's server (pid ${this.current.pid}) died; starting it again at the same address.`);
    this.current = await startServer(this.folder, wishes, this.options.environment);
  }
}

function refuseOtherPorts(folder: string, server: LivingServer, { port, uiPort }: PortWishes): void {
  const otherPort = port !== undefined && port !== portOf(server.address);
  const otherUiPort = uiPort !== undefined && uiPort !== portOf(server.uiAddress);
  if (otherPort || otherUiPort) throw new ServerOnOtherPortsError(folder, server.address, server.pid);
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
