import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { applySchedules, DeletionRunsError, listSchedules, scheduleId, taskQueue, workflowId } from '../../client';
import { startFirstSyncs } from '../../cli/up/first-syncs';
import { loadTenants } from '../../config/load';
import { rootExternalId } from '../../rules/external-id';
import { type ConfigSection, type SandboxOptions, Site } from '../../sandbox';
import { type Rig, temporalServer, UNHURRIED, withRig } from './harness';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());
jest.setTimeout(90_000);

const AT_ONCE: ConfigSection = { verify: { doubtMinutes: 0, waitMinutes: 0 } };

/** ENG with 25 pages, OPS with three and a file. */
function site(): Site {
  const site = new Site();
  for (const [key, pages] of [
    ['ENG', 25],
    ['OPS', 3],
  ] as const) {
    site.addSpace({ key });
    for (let number = 1; number <= pages; number++) {
      site.addPage({ spaceKey: key, title: `${key} ${number}`, body: `<p>${number}</p>`, labels: ['ai-ingest'] });
    }
  }
  const file = { title: 'file.txt', mediaType: 'text/plain', bytes: Buffer.from('file') };
  site.addAttachment(site.byTitle('OPS 1').id, file);
  return site;
}
const ITEMS = 29;

let tenants = 0;
/** A tenant whose contents are all in Unique, and whose file says `status` then. */
async function afterSync(
  work: (rig: Rig) => Promise<void>,
  options: Partial<SandboxOptions> & { readonly overrides?: ConfigSection; readonly status?: string } = {},
): Promise<void> {
  const { status = 'active', overrides = {}, ...rest } = options;
  const sandboxOptions = { flavor: 'data-center', tenant: `removed-${++tenants}`, site: site(), ...rest } as const;
  const all = { ...AT_ONCE, ...overrides };
  await withRig(temporal, { ...sandboxOptions, overrides: all }, async (rig) => {
    expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { new: ITEMS } });
    if (status !== 'active') await restartAs(rig, { ...UNHURRIED, ...all, status });
    await work(rig);
  });
}

async function restartAs(rig: Rig, file: ConfigSection): Promise<void> {
  await rig.stopWorker();
  await rig.sandbox.writeTenantFile(rig.home, file);
  await rig.startWorker();
}

const remove = async ({ sync, sandbox }: Rig) => (await sync.deleteTenant(sandbox.tenant)).result();
const root = ({ sandbox: { unique } }: Rig) => unique.scope(unique.rootScopeId);
const scopeOf = ({ sandbox: { unique } }: Rig, name: string) => unique.scopes().find((scope) => scope.name === name);
const keys = ({ sandbox: { unique } }: Rig) =>
  unique
    .contents()
    .map(({ key }) => key)
    .sort();
const toUnique = ({ sandbox }: Rig) => sandbox.requests.entries.filter(({ route }) => route.startsWith('unique.'));

test('B-180 B-181 B-183 a deleted tenant leaves Unique without a request to Confluence; done, each tick only looks at the root', async () => {
  await afterSync(
    async (rig) => {
      const { sandbox } = rig;
      sandbox.requests.reset();
      const report = await remove(rig);
      expect(report).toMatchObject({
        outcome: 'succeeded',
        purpose: 'deletion',
        totals: { deleted: ITEMS, failed: 0 },
        spacesTotal: 2,
      });
      expect(keys(rig)).toEqual([]);
      expect([scopeOf(rig, 'ENG'), scopeOf(rig, 'OPS')]).toEqual([undefined, undefined]);
      expect(root(rig)).toMatchObject({ externalId: undefined });
      const confluence = sandbox.requests.entries.filter(({ route }) => route.startsWith('confluence.'));
      expect(confluence).toEqual([]);

      sandbox.requests.reset();
      expect(await remove(rig)).toMatchObject({ outcome: 'skipped', totals: { deleted: 0 } });
      expect(toUnique(rig)).toHaveLength(1);
    },
    { status: 'deleted' },
  );
});

test('W-06 B-182 contents and scopes of others stay, inside and beside; the preview shows what is then removed', async () => {
  await afterSync(async (rig) => {
    const { unique, tenant } = rig.sandbox;
    const inside = unique.addContent({ key: 'theirs/1', scopeId: scopeOf(rig, 'ENG')?.id ?? '' });
    const others = unique.addScope({ name: 'HR', parentId: unique.rootScopeId, externalId: 'confc:somebody:7:HR' });
    const plain = unique.addScope({ name: 'Notes', parentId: unique.rootScopeId });
    for (const { id } of [others, plain]) unique.grant(id, 'READ');
    const beside = unique.addContent({ key: 'somebody/7_HR/1', scopeId: others.id });
    const looksAlike = unique.addContent({ key: `${tenant}-2/1_ENG/1`, scopeId: plain.id });
    // Instances number their spaces alike, and keys of the older format name no tenant.
    const space = rig.sandbox.site.space('ENG');
    const sameV1Key = unique.addContent({ key: `${space.id}_ENG/1`, scopeId: others.id });

    const before = keys(rig);
    const preview = await rig.sync.previewDeletion(tenant);
    expect(preview).toMatchObject({
      root: { state: 'owned' },
      contents: ITEMS,
      scopes: 1,
      otherScopes: 2,
      spaces: [
        { spaceKey: 'ENG', contents: 25, foreignContents: 1, foreignScopes: 0 },
        { spaceKey: 'OPS', contents: 4, foreignContents: 0, foreignScopes: 0 },
      ],
    });
    expect(keys(rig)).toEqual(before);

    const report = await remove(rig);
    expect(report).toMatchObject({ outcome: 'succeeded', totals: { deleted: preview.contents } });
    expect(keys(rig)).toEqual([inside, beside, looksAlike, sameV1Key].map(({ key }) => key).sort());
    expect(scopeOf(rig, 'ENG')).toMatchObject({ externalId: undefined });
    expect(report.spaces.find(({ spaceKey }) => spaceKey === 'ENG')?.message).toContain('1 contents');
    expect(unique.scope(others.id)).toEqual(others);
    expect(unique.scope(plain.id)).toEqual(plain);
    expect(root(rig)).toMatchObject({ externalId: undefined });
  });
});

test('W-06 keys of the older format go, and copies in the other format', async () => {
  const overrides = { ingestion: { useV1KeyFormat: 'enabled' } };
  await afterSync(
    async (rig) => {
      const { unique, site, tenant } = rig.sandbox;
      const scopeId = scopeOf(rig, 'OPS')?.id ?? '';
      const { id } = site.space('OPS');
      unique.addContent({ key: `${tenant}/${id}_OPS/${site.byTitle('OPS 1').id}`, scopeId });
      expect(await rig.sync.previewDeletion(tenant)).toMatchObject({ contents: ITEMS + 1 });
      expect(await remove(rig)).toMatchObject({ outcome: 'succeeded', totals: { deleted: ITEMS + 1 } });
      expect(keys(rig)).toEqual([]);
    },
    { overrides },
  );
});

test('W-06 the root that another instance owns is left alone, and one out of sight is asked for first', async () => {
  await afterSync(async (rig) => {
    const { unique } = rig.sandbox;
    const mark = root(rig)?.externalId ?? '';
    unique.changeScope(unique.rootScopeId, { externalId: rootExternalId('data-center', 'another') });
    expect(await remove(rig)).toMatchObject({ outcome: 'failed', message: expect.stringContaining('another') });
    expect(keys(rig)).toHaveLength(ITEMS);

    unique.changeScope(unique.rootScopeId, { externalId: mark });
    unique.revoke(unique.rootScopeId);
    expect(await rig.sync.previewDeletion(rig.sandbox.tenant)).toMatchObject({ root: { state: 'not visible' } });
    expect(await remove(rig)).toMatchObject({ outcome: 'succeeded', totals: { deleted: ITEMS } });
  });
});

test('W-30 B-183 B-184 a removal that does not take comes to an end, stops no other space and is tried again', async () => {
  await afterSync(async (rig) => {
    const { faults, unique } = rig.sandbox;
    const { id } = rig.sandbox.site.space('ENG');
    const lies = faults.add({
      route: 'unique.deleteContents',
      kind: 'status',
      status: 200,
      contentType: 'application/json',
      body: { data: { contentDeleteByContentIds: unique.contents().map(({ id: content }) => ({ id: content })) } },
      times: 2,
    });
    const report = await remove(rig);
    expect(lies.hits).toBe(2);
    expect(report).toMatchObject({ outcome: 'partial' });
    expect(report.totals.deleted + report.totals.failed).toBe(ITEMS);
    expect(report.totals.failed).toBe(unique.contents().length);
    expect(report.failures[0]?.message).toContain('did not remove');
    expect(keys(rig).length).toBeGreaterThan(0);
    expect(keys(rig).every((key) => key.includes(`/${id}_ENG/`) || key.includes('_OPS/'))).toBe(true);
    expect(root(rig)?.externalId).toBeDefined();

    expect(await remove(rig)).toMatchObject({ outcome: 'succeeded', totals: { deleted: report.totals.failed } });
    expect(keys(rig)).toEqual([]);
  });
});

test('W-20 B-183 a scope that Unique does not remove is a failure, and the mark of the root stays until it goes', async () => {
  await afterSync(async (rig) => {
    const { faults } = rig.sandbox;
    const body = {
      data: { deleteFolder: { successFolders: [], failedFolders: [{ id: 'x', failReason: 'locked by a workflow' }] } },
    };
    faults.add({
      route: 'unique.deleteFolder',
      kind: 'status',
      status: 200,
      contentType: 'application/json',
      body,
      times: 1,
    });
    const report = await remove(rig);
    expect(report).toMatchObject({ outcome: 'partial', totals: { deleted: ITEMS, failed: 1 } });
    expect(report.failures[0]).toMatchObject({ step: 'scope', message: expect.stringContaining('locked by') });
    expect(root(rig)?.externalId).toBeDefined();
    expect(await remove(rig)).toMatchObject({ outcome: 'succeeded' });
    expect(root(rig)?.externalId).toBeUndefined();
  });
});

test('B-183 a worker that stops in the middle leaves the rest to the next one, and every removal stands in the history', async () => {
  await afterSync(async (rig) => {
    const { faults, requests, tenant } = rig.sandbox;
    const slow = faults.add({ route: 'unique.deleteContents', kind: 'slow', ms: 1_500 });
    requests.reset();
    const handle = await rig.sync.deleteTenant(tenant);
    while (requests.count('unique.deleteContents') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await rig.stopWorker();
    expect(keys(rig).length).toBeGreaterThan(0);
    slow.remove();
    await rig.startWorker();
    const report = await handle.result();
    expect(report).toMatchObject({ outcome: 'succeeded', totals: { deleted: ITEMS, failed: 0 } });
    expect(keys(rig)).toEqual([]);
  });
});

test('B-181 W-34 while a sync runs there is no removal, and while that runs no sync, whoever asks', async () => {
  await afterSync(async (rig) => {
    const { tenant, faults, requests } = rig.sandbox;
    const { client, sync } = rig;
    const uploads = faults.add({ route: 'unique.upload', kind: 'slow', ms: 1_000 });
    const running = await sync.requestSync(tenant, { force: true });
    await expect(sync.deleteTenant(tenant)).rejects.toThrow('A sync of tenant');
    const ticked = client.workflow.execute('deleteTenant', {
      workflowId: `${workflowId.tenant(tenant)}-2026-11-28T20:00:00Z`,
      taskQueue: taskQueue.main,
      args: [{ tenant }],
    });
    expect(await ticked).toMatchObject({ outcome: 'skipped', message: `sync/${tenant} runs already` });
    uploads.remove();
    await running.result();
    expect(keys(rig)).toHaveLength(ITEMS);

    const deletions = faults.add({ route: 'unique.deleteContents', kind: 'slow', ms: 2_000 });
    requests.reset();
    const removal = await sync.deleteTenant(tenant);
    await expect(sync.requestSync(tenant)).rejects.toThrow(DeletionRunsError);
    const byHand = { workflowId: `by-hand-${tenant}`, taskQueue: taskQueue.main, args: [{ tenant }] as const };
    expect(await client.workflow.execute('syncTenant', { ...byHand, args: [{ tenant }] })).toMatchObject({
      outcome: 'skipped',
      message: `tenant ${tenant} is being removed by sync/${tenant}`,
    });
    while (requests.count('unique.deleteContents') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await sync.progress(tenant)).toMatchObject({ phase: 'removing spaces', spaces: [] });
    const alone = { workflowId: workflowId.space(tenant, 'ENG'), taskQueue: taskQueue.main };
    const space = client.workflow.execute('syncSpace', { ...alone, args: [{ tenant, spaceKey: 'ENG' }] });
    await expect(space).rejects.toMatchObject({
      cause: { cause: { message: expect.stringContaining('is being removed') } },
    });
    deletions.remove();
    expect(await removal.result()).toMatchObject({ outcome: 'succeeded', totals: { deleted: ITEMS } });

    // It may come back: nothing is left that a new sync would take for its own.
    expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { new: ITEMS } });
    expect(keys(rig)).toHaveLength(ITEMS);
  });
});

test('B-180 B-203 B-250 the Schedule of a deleted tenant removes it, that of an inactive one goes, and `up` begins at once', async () => {
  await afterSync(async (rig) => {
    const { client, home, sandbox } = rig;
    const { tenant } = sandbox;
    const load = async (status: string) => {
      await restartAs(rig, { ...UNHURRIED, ...AT_ONCE, status });
      const { tenants: loaded } = await loadTenants({ pattern: `${home}/*-tenant-config.yaml` });
      return loaded;
    };
    const schedulesOf = (loaded: Awaited<ReturnType<typeof load>>) =>
      loaded.map(({ status, processing, schedule }) => {
        return { tenant, status, cron: processing.scanIntervalCron, ...schedule };
      });
    const apply = async (status: string) => {
      const [applied] = await applySchedules(client, schedulesOf(await load(status)));
      return applied?.change;
    };
    const started = async () => {
      const { action } = await client.schedule.getHandle(scheduleId(tenant)).describe();
      return action.workflowType;
    };
    expect([await apply('active'), await started()]).toEqual(['created', 'syncTenant']);
    expect([await apply('deleted'), await started()]).toEqual(['updated', 'deleteTenant']);
    expect(await apply('deleted')).toBe('unchanged');
    expect((await listSchedules(client)).map((schedule) => schedule.tenant)).toContain(tenant);

    const [first] = await startFirstSyncs(client, await load('deleted'));
    expect(first).toMatchObject({ tenant, state: 'being removed', workflowId: `sync/${tenant}` });
    await client.workflow.getHandle(`sync/${tenant}`).result();
    expect(keys(rig)).toEqual([]);
    await client.schedule.getHandle(scheduleId(tenant)).trigger();
    const tick = async () => {
      const { info } = await client.schedule.getHandle(scheduleId(tenant)).describe();
      return info.recentActions.at(-1)?.action.workflow.workflowId;
    };
    while ((await tick()) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    const report = await client.workflow.getHandle((await tick()) ?? '').result();
    expect(report).toMatchObject({ outcome: 'skipped', purpose: 'deletion' });
    expect([await apply('inactive')]).toEqual(['removed']);
  });
});
