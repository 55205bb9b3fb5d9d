import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { TenantReport } from '../../client';
import { workflowId } from '../../rules/workflow-names';
import { Gate, generateSite } from '../../sandbox';
import { expectWhole } from './expected';
import { type Rig, temporalServer, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 120_000);
afterAll(() => temporal.teardown());

const threeSpaces = () =>
  generateSite({ spaces: 3, pagesPerSpace: 4, attachmentEvery: 4, bodyBytes: 300, attachmentBytes: 300, seed: 7 });

test.each(['openTenant', 'spacesWithWork'])(
  'a workflow that is reset to before %s after its end does all of it in a new run, and removes nothing',
  async (step) => {
    const tenant = `reset-${step.toLowerCase()}`;
    await withRig(temporal, { flavor: 'data-center', tenant, site: threeSpaces() }, async (rig) => {
      const { sandbox } = rig;
      const first = await rig.run();
      expect(first.outcome).toBe('succeeded');
      const [page] = [...sandbox.site.contents()];
      sandbox.site.editPage(page?.id ?? '', { body: '<p>edited since</p>' });

      const report = await reset(rig, first.runId, step);
      const { runId } = report;
      expect(report).toMatchObject({ outcome: 'succeeded', spacesTotal: 3, totals: { updated: 1, failed: 0 } });
      expect(report.totals.discovered).toBe(first.totals.discovered);
      expect(sandbox.unique.removals).toEqual([]);
      expectWhole(sandbox);
      // The run that had ended keeps its own report.
      const status = await rig.sync.status(tenant);
      expect(status.tenants[0]).toMatchObject({ last: { runId, totals: { updated: 1 } } });
      expect(first.runId).not.toBe(runId);
    });
  },
  120_000,
);

test('a workflow that is reset to before its last step after its end answers with the report it had', async () => {
  const tenant = 'reset-closerun';
  await withRig(temporal, { flavor: 'data-center', tenant, site: threeSpaces() }, async (rig) => {
    const first = await rig.run();
    const requests = rig.sandbox.requests.count();
    expect(await reset(rig, first.runId, 'closeRun')).toEqual(first);
    expect(rig.sandbox.requests.count()).toBe(requests);
    expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { new: 0, unchanged: 15, failed: 0 } });
  });
}, 120_000);

test.each(['spacesWithWork', 'guardTenant', 'removeContents'])(
  'a workflow that is reset to before %s in the middle of its removals removes what the guard let go, and nothing else',
  async (step) => {
    const tenant = `reset-removing-${step.toLowerCase()}`;
    await withRig(temporal, { flavor: 'data-center', tenant, site: threeSpaces() }, async (rig) => {
      const { sandbox } = rig;
      await rig.run();
      for (const { id, title } of [...sandbox.site.contents()]) {
        if (/ page 1$/.test(title)) sandbox.site.setLabels(id, []);
      }
      const gate = new Gate();
      sandbox.faults.add({ route: 'unique.deleteContents', kind: 'hold', gate, times: 1 });
      const asked = await rig.sync.requestSync(tenant);
      await gate.reached;
      const report = reset(rig, asked.runId, step);
      // What the run that was given up had sent is carried out in the midst of the new one.
      setTimeout(() => gate.open(), 500);
      expect(await report).toMatchObject({ outcome: 'succeeded', spacesTotal: 3, totals: { failed: 0 } });
      expect(sandbox.unique.removals).toHaveLength(3);
      expectWhole(sandbox);
      // Its late request is doubted, which the report says.
      const held = (await report).spaces.flatMap((space) => space.held ?? []);
      expect(held).toEqual([{ items: 1, why: expect.stringContaining('removes it once more') }]);
    });
  },
  120_000,
);

/** What somebody does who presses Reset in the UI. Returns the report of the run that begins there. */
async function reset({ client, sandbox }: Rig, runId: string, step: string): Promise<TenantReport> {
  const handle = client.workflow.getHandle(workflowId.tenant(sandbox.tenant), runId);
  const { runId: newRunId } = await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId, runId },
    workflowTaskFinishEventId: await taskBefore(handle, step),
    requestId: `reset-${step}`,
    reason: 'somebody pressed Reset',
  });
  return (await client.workflow.getHandle(handle.workflowId, newRunId).result()) as TenantReport;
}

/** The workflow task that ordered a step. */
async function taskBefore(handle: WorkflowHandle, step: string) {
  const { events } = await handle.fetchHistory();
  const ordered = events?.find(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === step,
  );
  return ordered?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId ?? null;
}
