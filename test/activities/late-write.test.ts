import type { ApplicationFailure } from '@temporalio/common';
import { Site } from '../../sandbox';
import { OneRun } from '../model/one-run';
import { withActivities } from './with-activities';

test('a registration that waited for its turn is not sent when another attempt has taken the slice meanwhile', async () => {
  const site = new Site();
  site.addSpace({ key: 'ENG' });
  site.addPage({ spaceKey: 'ENG', title: 'Home', body: '<p>text</p>', labels: ['ai-ingest'] });
  await withActivities({ flavor: 'data-center', site }, async (at) => {
    const run = new OneRun(at);
    await run.open();
    await run.plan('ENG');
    // Longer than a budget goes without asking the store whether there is a pause.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { budgets, leases } = at.store;
    const [waits, turn, taken] = [signal(), signal(), signal()];
    const { pausedUntil } = budgets;
    Object.assign(budgets, {
      pausedUntil: async (target: string) => {
        if (target.startsWith('unique')) {
          waits.set();
          await turn.isSet;
        }
        return pausedUntil(target);
      },
    });
    const first = run.ingest('ENG').catch((error: unknown) => error as ApplicationFailure);
    await waits.isSet;
    const { claimSlice } = leases;
    Object.assign(leases, {
      claimSlice: (...claim: Parameters<typeof claimSlice>) => claimSlice(...claim).finally(taken.set),
    });
    const second = run.ingest('ENG');
    await taken.isSet;
    turn.set();

    expect(await first).toMatchObject({ type: 'SupersededError' });
    expect(await second).toMatchObject({ ingested: 1, failed: 0 });
    // The second attempt's registration and finalization, and nothing else.
    expect(at.sandbox.requests.count('unique.upsert')).toBe(2);
    expect(at.sandbox.requests.count('unique.upload')).toBe(1);
  });
});

function signal(): { readonly isSet: Promise<void>; set(this: void): void } {
  let set = (): void => undefined;
  const isSet = new Promise<void>((resolve) => (set = resolve));
  return { isSet, set: () => set() };
}
