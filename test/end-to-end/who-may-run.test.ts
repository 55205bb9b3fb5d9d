import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { applySchedules, type TenantReport } from '../../client';
import { scheduleId, taskQueue, workflowId } from '../../rules/workflow-names';
import { Gate, generateSite } from '../../sandbox';
import { expectedItems, expectWhole, storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';
import { until } from '../until';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 120_000);
afterAll(() => temporal.teardown());

/** Each space has one attachment, so that a download can hold it. */
const threeSpaces = () =>
  generateSite({ spaces: 3, pagesPerSpace: 4, attachmentEvery: 4, bodyBytes: 300, attachmentBytes: 300, seed: 7 });

test('W-34 a Schedule, a start by hand, one from the UI and a space alone meet: one syncs, the others say so, nothing is ingested twice', async () => {
  const tenant = 'meet';
  await withRig(temporal, { flavor: 'data-center', tenant, site: threeSpaces() }, async (rig) => {
    const { client, sandbox } = rig;
    const start = (type: string, id: string, input: object = {}) =>
      client.workflow.start(type, { taskQueue: taskQueue.main, workflowId: id, args: [{ tenant, ...input }] });
    const registered = countRegistrations(rig);
    const [heldAlone, heldTenant] = [holdDownload(rig, 'S0002'), holdDownload(rig, 'S0001')];

    const alone = await start('syncSpace', workflowId.space(tenant, 'S0002'), { spaceKey: 'S0002' });
    await heldAlone.reached;
    await applySchedules(client, [{ tenant, status: 'active', cron: '0 4 1 1 *', timezone: 'UTC', enabled: true }]);
    const schedule = client.schedule.getHandle(scheduleId(tenant));
    const [, byHand, fromUi] = await Promise.all([
      schedule.trigger(),
      start('syncTenant', 'by-hand-meet'),
      start('syncTenant', workflowId.tenant(tenant)).catch((error: unknown) => {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined; // what the UI shows
        throw error;
      }),
    ]);
    await heldTenant.reached;
    const canonical = client.workflow.getHandle(workflowId.tenant(tenant));

    // What is asked now, under any id, must not be lost although the running sync has searched the space already.
    await until(() => storedItems(sandbox).size >= 5 + 4 + 4);
    const [page] = [...sandbox.site.contents()].filter(({ spaceKey }) => spaceKey === 'S0003');
    sandbox.site.editPage(page?.id ?? '', { body: '<p>edited while the sync ran</p>' });
    const late = await start('syncTenant', 'late-meet', { spaces: ['S0003'] });
    const names = { message: `${workflowId.tenant(tenant)} runs already` };
    expect(await late.result()).toMatchObject({ outcome: 'skipped', ...names });
    const spaceByHand = await start('syncSpace', 'space-by-hand', { spaceKey: 'S0002' });
    expect(await spaceByHand.result()).toMatchObject({
      outcome: 'skipped',
      message: `${workflowId.space(tenant, 'S0002')} runs already`,
    });

    heldAlone.open();
    expect(await alone.result()).toMatchObject({ outcome: 'succeeded' });
    heldTenant.open();
    const scheduled = client.workflow.getHandle(await scheduledRun(rig, tenant));
    const starters: (WorkflowHandle | undefined)[] = [scheduled, byHand, fromUi];
    const reports = await Promise.all(
      starters.flatMap((one) => (one === undefined ? [] : [one.result() as Promise<TenantReport>])),
    );
    const report = (await canonical.result()) as TenantReport;
    expect(report).toMatchObject({ outcome: 'succeeded', spacesTotal: 1 }); // the last round was of one space
    const ran = reports.filter(({ outcome }) => outcome !== 'skipped');
    expect(ran).toEqual([report]);
    for (const skipped of reports.filter((one) => !ran.includes(one))) expect(skipped).toMatchObject(names);

    expectWhole(rig.sandbox);
    // The space that was taken was tried again after the last one.
    const children = await childrenOf(canonical, workflowId.space(tenant, 'S0002'));
    expect(children).toEqual(['taken', 'started']);
    // Registered and finalized once each; the edited page once more.
    const edited = [...registered].filter(([, count]) => count !== 2);
    expect(edited.map(([key, count]) => [key.split('/').at(-1), count])).toEqual([[page?.id, 4]]);
    expect(registered.size).toBe(expectedItems(sandbox).size);
  });
}, 120_000);

test('a sync that is terminated in the middle leaves nothing to wait for: the next one takes its spaces over', async () => {
  const tenant = 'terminated';
  await withRig(temporal, { flavor: 'data-center', tenant, site: threeSpaces() }, async (rig) => {
    const { client, sandbox, sync } = rig;
    const held = ['S0001', 'S0002', 'S0003'].map((spaceKey) => holdDownload(rig, spaceKey));
    await sync.requestSync(tenant);
    await Promise.all(held.map(({ reached }) => reached));
    const first = client.workflow.getHandle(workflowId.tenant(tenant));
    await first.terminate('a person lost patience');
    await expect(first.result()).rejects.toThrow();
    // Its children are asked to cancel, and their downloads broken off.
    for (const spaceKey of ['S0001', 'S0002', 'S0003']) {
      await client.workflow
        .getHandle(workflowId.space(tenant, spaceKey))
        .result()
        .catch(() => undefined);
    }
    held.forEach((gate) => gate.open());
    sandbox.faults.clear();
    const begun = Date.now();
    expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { failed: 0 } });
    // Far below the five minutes of a lease.
    expect(Date.now() - begun).toBeLessThan(20_000);
    expectWhole(rig.sandbox);
  });
}, 120_000);

/** The attachments of a space arrive when the gate opens. */
function holdDownload({ sandbox }: Rig, spaceKey: string): Gate {
  const gate = new Gate();
  const pages = [...sandbox.site.contents()].filter((page) => page.spaceKey === spaceKey).map(({ id }) => id);
  const match = ({ path }: { readonly path: string }) => path.split('/').some((part) => pages.includes(part));
  sandbox.faults.add({ route: 'confluence.download', kind: 'hold', gate, match });
  return gate;
}

/** How often each content was registered or finalized. */
function countRegistrations({ sandbox }: Rig): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const match = ({ keys }: { readonly keys: readonly string[] }) => {
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return false;
  };
  sandbox.faults.add({ route: 'unique.upsert', kind: 'drop', match });
  return counts;
}

async function scheduledRun({ client }: Rig, tenant: string): Promise<string> {
  const { info } = await client.schedule.getHandle(scheduleId(tenant)).describe();
  return info.recentActions[0]?.action.workflow.workflowId ?? '';
}

/** How each start of a child ended. */
async function childrenOf(parent: WorkflowHandle, id: string): Promise<string[]> {
  const { events } = await parent.fetchHistory();
  return (events ?? []).flatMap((event) => {
    const taken = event.startChildWorkflowExecutionFailedEventAttributes?.workflowId === id;
    const started = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.workflowId === id;
    return taken ? ['taken'] : started ? ['started'] : [];
  });
}
