import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { taskQueue, workflowId } from '../../rules/workflow-names';
import { storedItems } from '../end-to-end/expected';
import { type Rig, temporalServer, withRig } from '../end-to-end/harness';
import { localServer } from '../workflows/environment';

// Not a test: `npm run record-histories` runs it by hand. It lets happen what leaves a trace in a history, and keeps the
// histories as test/replay/histories/{what}.{workflow id}.json. RECORD_AS names the tenant, and so the files; recorded
// ones of a release are never replaced.

const NAME = process.env['RECORD_AS'] ?? 'v0-2';
const ROLLING = `${NAME}-rolls`;
/** Short enough that each run takes a few steps, and the next one the others. */
const EVENTS_A_RUN = 20;
const AT_ONCE = { verify: { doubtMinutes: 0, waitMinutes: 0 } };
const FOLDER = join(__dirname, 'histories');

jest.setTimeout(240_000);
beforeAll(() => mkdirSync(FOLDER, { recursive: true }));

test('syncs, a dry run, doormen and the removal of the tenant', async () => {
  await onServer(await temporalServer(), NAME, async (rig) => {
    const { client, sync } = rig;
    const tenant = workflowId.tenant(NAME);
    const keep = keeperOf(client);

    await pausedAndAsked(rig, keep);
    await keep('tenant', tenant);
    for (const [spaceKey, runId] of await firstRunsOfSpaces(client)) {
      await keep('space', workflowId.space(NAME, spaceKey), runId);
    }

    await doorman(client, 'by-hand', {});
    await keep('doorman', `by-hand-${NAME}`);

    const failing = rig.sandbox.faults.add({ route: 'media.download', kind: 'status', status: 503, times: 1 });
    await rig.run({ spaces: ['ENG'], force: true });
    expect(failing.hits).toBe(1);
    await keep('space-retry', workflowId.space(NAME, 'ENG'));

    await rig.run({ approvals: { ENG: 'ffffffffffff' } });
    await keep('tenant-refused', tenant);

    await unlabelSome(rig);
    const plan = await sync.plan(NAME);
    await plan.result();
    await keep('plan', plan.workflowId, undefined, `plan/${NAME}`);
    await rig.run();
    await keep('tenant-removals', tenant);
    await keep('space-removals', workflowId.space(NAME, 'ENG'));

    await cancelled(rig);
    await keep('tenant-cancelled', tenant);
    await keep('space-cancelled', workflowId.space(NAME, 'ENG'));

    const spaceKey = 'HR';
    const alone = workflowId.space(NAME, spaceKey);
    const args = [{ tenant: NAME, spaceKey, force: true }];
    await client.workflow.execute('syncSpace', { workflowId: alone, taskQueue: taskQueue.main, args });
    await keep('space-alone', alone);

    const refused = rig.sandbox.faults.add({ route: /^unique\./, kind: 'status', status: 401 });
    await rig.run().catch(() => undefined);
    refused.remove();
    await keep('tenant-failed', tenant);

    await (await sync.deleteTenant(NAME)).result();
    await keep('deletion', tenant);
  });
});

test('chains that continue as new', async () => {
  const dynamicConfig = [`limit.historyCount.suggestContinueAsNew=${EVENTS_A_RUN}`];
  await onServer(await localServer({ dynamicConfig, searchAttributes: true }), ROLLING, async (rig) => {
    const keep = keeperOf(rig.client);
    await rig.run();
    await keepChain(rig.client, keep, 'space-rolls', workflowId.space(ROLLING, 'ENG'));
    await unlabelSome(rig);
    await rig.run();
    await keepChain(rig.client, keep, 'tenant-rolls', workflowId.tenant(ROLLING));
  });
});

type Keep = (what: string, id: string, runId?: string, as?: string) => Promise<void>;

async function onServer(server: TestWorkflowEnvironment, tenant: string, work: (rig: Rig) => Promise<void>) {
  try {
    await withRig(server, { flavor: 'cloud', tenant, overrides: AT_ONCE }, work);
  } finally {
    await server.teardown();
  }
}

/** @returns how a history is kept: without the machine's folders, which stack traces name, and without its name */
function keeperOf(client: Client): Keep {
  return async (what, id, runId, as = id) => {
    const history = await client.workflow.getHandle(id, runId).fetchHistory();
    const text = historyToJSON(history)
      .replaceAll(process.cwd(), '/app')
      .replace(/"\d+@[^"]+"/g, '"worker"');
    writeFileSync(join(FOLDER, `${what}.${as.replaceAll('/', '__')}.json`), text);
    expect(history.events?.length).toBeGreaterThan(5);
  };
}

/** A pause within slices, and two doormen meanwhile: one hands over, one is only skipped. */
async function pausedAndAsked({ sandbox, sync, run, client }: Rig, keep: Keep): Promise<void> {
  sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 300 });
  const first = run();
  while (storedItems(sandbox).size === 0) await passed(20);
  await sync.pause(NAME, 'recording');
  await passed(500);
  await doorman(client, 'skipped', {});
  await keep('doorman-skipped', `skipped-${NAME}`);
  await doorman(client, 'asking', { spaces: ['ENG'] });
  await keep('doorman-asking', `asking-${NAME}`);
  await sync.resume(NAME);
  await first;
  sandbox.faults.clear();
}

async function cancelled({ sandbox, sync }: Rig): Promise<void> {
  const slow = sandbox.faults.add({ route: 'unique.upload', kind: 'slow', ms: 2_000 });
  const asked = await sync.requestSync(NAME, { force: true });
  while (slow.hits === 0) await passed(20);
  await sync.cancel(NAME);
  await asked.result();
  slow.remove();
}

function doorman(client: Client, name: string, asked: object): Promise<unknown> {
  const args = [{ tenant: NAME, ...asked }];
  return client.workflow.execute('syncTenant', { workflowId: `${name}-${NAME}`, taskQueue: taskQueue.main, args });
}

/** Two of each space: few enough that no guard holds them. */
async function unlabelSome({ sandbox: { site } }: Rig): Promise<void> {
  for (const spaceKey of ['ENG', 'HR', 'KB']) {
    const labelled = [...site.contents()].filter(
      (one) => one.spaceKey === spaceKey && one.labels.includes('ai-ingest'),
    );
    for (const { id } of labelled.slice(0, 2)) site.setLabels(id, []);
  }
  await passed(100);
}

/** What each space did before it was asked again. */
async function firstRunsOfSpaces(client: Client): Promise<ReadonlyMap<string, string>> {
  const first = new Map<string, { readonly runId: string; readonly at: Date }>();
  for await (const { workflowId: id, runId, startTime } of client.workflow.list({
    query: 'WorkflowType="syncSpace"',
  })) {
    const spaceKey = id.slice(id.lastIndexOf('/') + 1);
    const known = first.get(spaceKey);
    if (known === undefined || startTime < known.at) first.set(spaceKey, { runId, at: startTime });
  }
  return new Map([...first].map(([spaceKey, { runId }]) => [spaceKey, runId]));
}

/** The runs of a workflow's last chain, which continue one another. */
async function keepChain(client: Client, keep: Keep, what: string, id: string): Promise<void> {
  const { raw } = await client.workflow.getHandle(id).describe();
  let runId: string | undefined = raw.workflowExecutionInfo?.firstRunId ?? undefined;
  for (let number = 1; runId !== undefined; number++) {
    await keep(`${what}-${number}`, id, runId);
    const { events } = await client.workflow.getHandle(id, runId).fetchHistory();
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    expect(number > 1 || runId !== undefined).toBe(true);
  }
}

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
