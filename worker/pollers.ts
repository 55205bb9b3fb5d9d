import { Worker, type WorkerOptions } from '@temporalio/worker';

/** The pollers of one process, one a queue. When one of them dies, the others stop too: half a worker would look alive. */
export class Pollers {
  private readonly workers: Worker[] = [];
  private readonly queues = new Set<string>();
  private open = 0;
  private isStopping = false;
  private resolve: () => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;
  /** Resolves when all have ended; rejects when one died. */
  readonly ended = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  /** Polls one more queue, unless it is polled. @throws what Temporal answers; then it may be tried again */
  async add(options: WorkerOptions): Promise<void> {
    const { taskQueue } = options;
    if (this.isStopping || this.queues.has(taskQueue)) return;
    this.queues.add(taskQueue);
    this.open += 1;
    try {
      const worker = await Worker.create(options);
      this.workers.push(worker);
      void this.run(worker);
    } catch (error) {
      this.queues.delete(taskQueue);
      this.hasEnded();
      throw error;
    }
  }

  stop(): void {
    this.isStopping = true;
    for (const worker of this.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  private async run(worker: Worker): Promise<void> {
    try {
      const running = worker.run();
      if (this.isStopping) worker.shutdown(); // it came while the others were told to stop
      await running;
    } catch (error) {
      this.reject(error);
    } finally {
      this.stop();
      this.hasEnded();
    }
  }

  private hasEnded(): void {
    this.open -= 1;
    if (this.open === 0 && this.isStopping) this.resolve();
  }
}
