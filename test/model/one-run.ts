import type { TenantReport } from '../../rules/report';
import type { Activities } from '../activities/with-activities';

let runs = 0;

/** One run as its workflow takes the steps, so that a test may stop between any two of them. */
export class OneRun {
  readonly key: { readonly tenant: string; readonly run: string };
  private attempts = 0;

  constructor(
    private readonly at: Activities,
    /** Only these spaces, as a request may say. */
    private readonly spaces?: readonly string[],
  ) {
    this.key = { tenant: at.tenant, run: `run-${++runs}` };
  }

  space(spaceKey: string) {
    return { ...this.key, spaceKey };
  }

  /** Everything before the spaces. @returns those with work, and those that are lost */
  async open(): Promise<readonly string[]> {
    const { run, main, steps } = this.at;
    const request = this.spaces === undefined ? {} : { spaces: this.spaces };
    await run(main.openTenant, { ...this.key, ...this.origin() });
    await run(steps.discoverPages, { ...this.key, round: 1, request });
    return (await run(steps.spacesWithWork, { ...this.key, after: '', limit: 100, request })).spaceKeys;
  }

  async plan(spaceKey: string) {
    const { run, steps } = this.at;
    await run(steps.discoverSpace, { ...this.space(spaceKey), round: 1 });
    return run(steps.planSpace, { ...this.space(spaceKey), force: false });
  }

  /** A new attempt of the first slice of pages, as Temporal makes one when it takes the last for dead. */
  ingest(spaceKey: string, slice = 0) {
    return this.at.run(this.at.steps.ingestPages, { ...this.space(spaceKey), slice }, ++this.attempts);
  }

  async remove(spaceKey: string, approval?: string) {
    const { run, steps } = this.at;
    const approved = approval === undefined ? {} : { approval };
    await run(steps.planRemovals, { ...this.space(spaceKey), ...approved }, ++this.attempts);
    return run(steps.removeContents, this.space(spaceKey), ++this.attempts);
  }

  async close(spaceKeys: readonly string[]): Promise<TenantReport> {
    const { run, main, steps } = this.at;
    for (const spaceKey of spaceKeys) await run(steps.closeSpace, this.space(spaceKey));
    return run(main.closeRun, { ...this.key, ...this.origin() });
  }

  /** All of it, without a fault. @param approvals fingerprints by space */
  async whole(approvals: Readonly<Record<string, string>> = {}): Promise<TenantReport> {
    const spaceKeys = await this.open();
    for (const spaceKey of spaceKeys) {
      const { pages, candidates = 0 } = await this.plan(spaceKey);
      for (let slice = pages.from; slice < pages.to; slice++) await this.ingest(spaceKey, slice);
      if (candidates > 0) await this.remove(spaceKey, approvals[spaceKey]);
    }
    return this.close(spaceKeys);
  }

  private origin() {
    return { workflowId: `sync/${this.at.tenant}`, startedAt: new Date(this.at.now()).toISOString() };
  }
}
