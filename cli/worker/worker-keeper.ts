import { taskQueue } from '../../rules/workflow-names';
import type { Logger } from 'pino';
import type { Environment } from '../../config/environment';
import { StoreLockedError } from '../../store/errors';
import { type RunningWorker, startWorker, type WorkerOptions } from '../../worker/worker';
import { describeProblem } from '../describe-problem';
import { WorkerElsewhereError } from '../errors';
import type { EmbeddedHome } from '../temporal/embedded-home';

/** A worker that another command has just begun to stop keeps the store for as long as it drains. */
const OTHERS_MAY_DRAIN_FOR_MS = 90_000;
const LOOK_EVERY_MS = 500;

export interface WorkerKeeperOptions {
  readonly home: EmbeddedHome;
  readonly environment: Environment;
  readonly temporal: WorkerOptions['temporal'];
  /** Only answers questions: nothing is synced. */
  readonly readOnly: boolean;
  readonly logger: Logger;
  readonly say: (sentence: string) => void;
}

/**
 * Sees to it that the home has a worker while this command needs one: another command's as long as it works, else an own
 * one. There is one worker for an SQLite store, so a waiting command takes over when the one that worked has ended.
 */
export class WorkerKeeper {
  private worker: RunningWorker | undefined;
  private stopped = false;
  private wake: () => void = () => undefined;
  private becomeReady: () => void = () => undefined;
  private readonly loop: Promise<void>;
  /** Resolves when a worker, ours or another's, polls. */
  readonly ready: Promise<void>;
  /** Rejects when there can be none, or ours died. */
  readonly failed: Promise<never>;

  constructor(private readonly options: WorkerKeeperOptions) {
    const opened = new Promise<void>((resolve) => (this.becomeReady = resolve));
    this.loop = this.keep();
    this.ready = Promise.race([opened, this.loop]);
    this.failed = new Promise((_resolve, reject) => void this.loop.catch(reject));
    this.ready.catch(() => undefined); // whoever listens hears it, nobody has to
    this.failed.catch(() => undefined);
  }

  /** True while the work is done by this process. */
  get isOurs(): boolean {
    return this.worker !== undefined;
  }

  /** Where questions are asked: a worker that only reads takes nothing from the main queue. */
  get queueForReading(): string {
    const works = this.worker === undefined ? this.options.home.othersWork() : this.options.readOnly && 'reader';
    return works === 'reader' ? taskQueue.read : taskQueue.main;
  }

  /** Drains our worker, if there is one. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.loop.catch(() => undefined);
  }

  private async keep(): Promise<void> {
    let lockedSince: number | undefined;
    while (!this.stopped) {
      if (this.isServedByOthers()) {
        lockedSince = undefined;
        this.becomeReady();
      } else {
        try {
          await this.work();
          continue;
        } catch (error) {
          if (!(error instanceof StoreLockedError)) throw error;
          if (lockedSince === undefined) this.options.say('The store is in use by another process; waiting for it.');
          lockedSince ??= Date.now();
          if (Date.now() - lockedSince > OTHERS_MAY_DRAIN_FOR_MS) {
            throw new WorkerElsewhereError(error.message, { cause: error });
          }
        }
      }
      await this.pauseFor(LOOK_EVERY_MS);
    }
  }

  private isServedByOthers(): boolean {
    const works = this.options.home.othersWork();
    return works === 'worker' || (works === 'reader' && this.options.readOnly);
  }

  /** Works until this command stops, or the worker dies. */
  private async work(): Promise<void> {
    const { home, environment, temporal, readOnly, logger, say } = this.options;
    const worker = await startWorker({ environment, temporal, readOnly, logger });
    try {
      this.worker = worker;
      home.setWork(readOnly ? 'reader' : 'worker');
      for (const problem of worker.problems) say(describeProblem(problem));
      this.becomeReady();
      const stop = new Promise<void>((resolve) => (this.wake = resolve));
      if (!this.stopped) await Promise.race([stop, worker.ended]);
    } finally {
      this.worker = undefined;
      await worker.shutdown().finally(() => home.setWork('no'));
    }
  }

  private async pauseFor(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
