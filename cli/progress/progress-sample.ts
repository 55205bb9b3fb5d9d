import type { SyncClient, SyncProgress } from '../../client';
import type { RunStatus } from '../../workflows/messages';

/** What is known about a running sync at one moment. */
export interface ProgressSample {
  readonly tenant: string;
  readonly progress: SyncProgress;
  /** Counts of items, from the store; absent until it was asked. */
  readonly run?: RunStatus;
}

/** Items are counted by a small workflow, so they are asked for more rarely the longer a sync runs. */
const COUNT_EVERY_MS = 4_000;
const COUNT_LATER_EVERY_MS = 15_000;
const LATER_MS = 120_000;

/** Takes samples of a running sync; a question without an answer leaves the last one standing. */
export class ProgressSampler {
  private run: RunStatus | undefined;
  private counting: Promise<void> | undefined;
  private countedAt = 0;
  private readonly startedAt = Date.now();

  constructor(
    private readonly client: SyncClient,
    private readonly tenant: string,
  ) {}

  /** `undefined` when no sync runs, or nobody could say. */
  async sample(): Promise<ProgressSample | undefined> {
    const progress = await this.client.progress(this.tenant).catch(() => undefined);
    if (progress === undefined) return undefined;
    if (progress.answered) this.countInBackground(progress);
    return { tenant: this.tenant, progress, ...(this.run === undefined ? {} : { run: this.run }) };
  }

  private countInBackground({ firstRunId }: SyncProgress): void {
    const now = Date.now();
    const every = now - this.startedAt > LATER_MS ? COUNT_LATER_EVERY_MS : COUNT_EVERY_MS;
    if (this.counting !== undefined || now - this.countedAt < every) return;
    this.countedAt = now;
    this.counting = this.count(firstRunId)
      .catch(() => undefined)
      .finally(() => (this.counting = undefined));
  }

  private async count(firstRunId: string): Promise<void> {
    const { tenants } = await this.client.status(this.tenant);
    const running = tenants.find(({ tenant }) => tenant === this.tenant)?.running;
    if (running?.runId === firstRunId) this.run = running;
  }
}
