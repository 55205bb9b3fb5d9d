import type { Client } from '@temporalio/client';
import type { SyncClient, TenantReport } from '../../../client';
import { taskQueue, workflowId } from '../../../rules/workflow-names';
import { Dice } from './random';
import type { Command } from './schedule';
import { SPACES } from './site';
import { waitsOf } from './waits';

/** Whoever steers syncs while things break: the client that other services use, and what people do in Temporal's UI. */
export class Operator {
  /** Fingerprints of blocked removals that nobody has approved yet, by space. */
  private blocked = new Map<string, string>();

  constructor(
    private readonly client: Client,
    private readonly sync: SyncClient,
    private readonly tenant: string,
  ) {}

  /** Reads a report as a person would: what waits for an approval? */
  sawReport({ spaces }: TenantReport): void {
    this.blocked = new Map(
      spaces.flatMap(({ spaceKey, blocked }) =>
        blocked === undefined ? [] : [[spaceKey, blocked.fingerprint] as const],
      ),
    );
  }

  /** Asks for a sync and awaits its report, with all approvals that are waited for if `approving`. */
  async syncAndWait({ approving = false } = {}): Promise<TenantReport> {
    const approvals = Object.fromEntries(this.blocked);
    const asks = approving && this.blocked.size > 0 ? { approvals } : {};
    const handle = await this.sync.requestSync(this.tenant, asks);
    const report = await handle.result();
    this.sawReport(report);
    return report;
  }

  /** What its syncs wait for. */
  waits(): Promise<readonly string[]> {
    return waitsOf(this.client, this.tenant);
  }

  async give(command: Command, seed: number): Promise<void> {
    const dice = new Dice(seed);
    const spaceKey = dice.pick(SPACES);
    switch (command) {
      case 'sync':
        await this.sync.requestSync(this.tenant, dice.chance(0.3) ? { spaces: [spaceKey] } : {});
        return;
      case 'force':
        await this.sync.requestSync(this.tenant, { force: true, ...(dice.chance(0.7) ? { spaces: [spaceKey] } : {}) });
        return;
      case 'syncSpace':
        await this.client.workflow.start('syncSpace', {
          workflowId: workflowId.space(this.tenant, spaceKey),
          taskQueue: taskQueue.main,
          args: [{ tenant: this.tenant, spaceKey }],
        });
        return;
      case 'pause':
        await this.sync.pause(this.tenant, 'a person wants quiet');
        return;
      case 'resume':
        await this.sync.resume(this.tenant);
        return;
      case 'cancel':
        await this.sync.cancel(this.tenant);
        return;
      case 'cancelSpace':
        await this.client.workflow.getHandle(workflowId.space(this.tenant, spaceKey)).cancel();
        return;
      case 'terminate':
        await this.client.workflow.getHandle(workflowId.tenant(this.tenant)).terminate('a person lost patience');
        return;
      case 'approve':
        if (this.blocked.size === 0) return;
        await this.sync.requestSync(this.tenant, { approvals: Object.fromEntries(this.blocked) });
    }
  }
}
