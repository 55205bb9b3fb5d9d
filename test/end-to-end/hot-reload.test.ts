import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createSyncClient, workflowId } from '../../client';
import { type ConfigSection, Gate, type Sandbox, Site, startSandbox } from '../../sandbox';
import { type Rig, temporalServer, UNHURRIED, withRig } from './harness';
import { until } from '../until';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());
jest.setTimeout(120_000);

const AT_ONCE: ConfigSection = { verify: { doubtMinutes: 0, waitMinutes: 0 } };
const FILE: ConfigSection = { ...UNHURRIED, ...AT_ONCE };
const PAGES = 6;

/** As many pages with the label `ai-ingest` as with `other`. */
function site(): Site {
  const site = new Site();
  site.addSpace({ key: 'ENG' });
  for (let number = 1; number <= PAGES; number++) {
    for (const label of ['ai-ingest', 'other']) {
      const title = `${label} ${number}`;
      site.addPage({ spaceKey: 'ENG', title, body: `<p>${title}</p>`, labels: [label] });
    }
  }
  return site;
}

const titles = ({ unique }: Sandbox) =>
  unique
    .contents()
    .map(({ title }) => title)
    .sort();
const pages = (label: string) => Array.from({ length: PAGES }, (_, index) => `${label} ${index + 1}`);
const path = (rig: Rig, tenant: string) => join(rig.home, `${tenant}-tenant-config.yaml`);

/** The problem of each tenant that the worker knows. */
async function problems(rig: Rig): Promise<ReadonlyMap<string, string | undefined>> {
  const { tenants } = await createSyncClient({ client: rig.client }).status();
  return new Map(tenants.map(({ tenant, problem }) => [tenant, problem]));
}

let marks = 0;
/** Resolves when the worker has believed what was written up to now: a file that was written after it is known. */
async function believed(rig: Rig): Promise<void> {
  const mark = `mark-${++marks}`;
  await writeFile(path(rig, mark), 'no tenant');
  await until(async () => (await problems(rig)).has(mark));
}

/** A sync of the rig's tenant that is held at its first request of a kind. */
async function heldSync(
  rig: Rig,
  route: string,
  work: (report: ReturnType<Rig['run']>, letGo: () => void) => Promise<void>,
) {
  const gate = new Gate();
  const fault = rig.sandbox.faults.add({ route, kind: 'hold', gate });
  const report = rig.run();
  await gate.reached;
  try {
    await work(report, () => {
      fault.remove();
      gate.open();
    });
  } finally {
    gate.open();
  }
}

async function withNeighbour(tenant: string, work: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ flavor: 'data-center', tenant, site: site() });
  try {
    await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

async function failureOfStep(rig: Rig): Promise<string> {
  const ids = [workflowId.tenant(rig.sandbox.tenant), workflowId.space(rig.sandbox.tenant, 'ENG')];
  const described = await Promise.all(
    ids.map((id) =>
      rig.client.workflow
        .getHandle(id)
        .describe()
        .then(({ raw }) => (raw.pendingActivities ?? []).map(({ lastFailure }) => lastFailure?.message ?? ''))
        .catch(() => []),
    ),
  );
  return described.flat().join('\n');
}

test('W-54 another label and root scope are the next sync’s, and the one that runs keeps its own; none needs a restart', async () => {
  await withRig(
    temporal,
    { flavor: 'data-center', tenant: 'edited', site: site(), overrides: AT_ONCE },
    async (rig) => {
      const { unique } = rig.sandbox;
      const parents = () => unique.scopes().flatMap(({ name, parentId }) => (name === 'ENG' ? [parentId] : []));
      const root = unique.addScope({ name: 'New', parentId: unique.parentScopeId });
      await heldSync(rig, 'confluence.search', async (report, letGo) => {
        const confluence = { apiRateLimitPerMinute: 600_000, ingestSingleLabel: 'other' };
        await rig.sandbox.writeTenantFile(rig.home, { ...FILE, confluence, ingestion: { scopeId: root.id } });
        await believed(rig);
        letGo();
        expect(await report).toMatchObject({ outcome: 'succeeded', totals: { new: PAGES, failed: 0, deleted: 0 } });
        expect(titles(rig.sandbox)).toEqual(pages('ai-ingest'));
        expect(parents()).toEqual([unique.rootScopeId]);
      });
      expect(await rig.run()).toMatchObject({ totals: { new: PAGES, failed: 0 } });
      expect(titles(rig.sandbox)).toEqual(expect.arrayContaining(pages('other')));
      expect(parents()).toEqual([root.id]);
    },
  );
});

test('W-54 a new tenant file is served; a second one for the same site is refused alone', async () => {
  await withRig(temporal, { flavor: 'data-center', tenant: 'first', site: site(), overrides: AT_ONCE }, async (rig) => {
    await withNeighbour('newcomer', async (newcomer) => {
      await newcomer.writeTenantFile(rig.home, FILE);
      const twin = await rig.sandbox.writeTenantFile(join(rig.home, 'twin'), FILE);
      await rename(twin, path(rig, 'twin'));
      await believed(rig);
      expect((await problems(rig)).get('twin')).toContain('is the site of another active tenant');
      expect((await problems(rig)).get('first')).toBeUndefined();
      const report = await (await rig.sync.requestSync('newcomer')).result();
      expect(report).toMatchObject({ outcome: 'succeeded', totals: { new: PAGES } });
      expect(titles(newcomer)).toEqual(pages('ai-ingest'));
      expect(await rig.run()).toMatchObject({ outcome: 'succeeded', totals: { new: PAGES } });
    });
  });
});

test.each(['has problems', 'is gone'])(
  'W-54 a file that %s holds its own sync until it is healed, and touches no other',
  async (state) => {
    const tenant = `ill-${state.slice(-4)}`;
    await withRig(temporal, { flavor: 'data-center', tenant, site: site(), overrides: AT_ONCE }, async (rig) => {
      await withNeighbour(`well-${state.slice(-4)}`, async (well) => {
        await well.writeTenantFile(rig.home, FILE);
        await believed(rig);
        await heldSync(rig, 'unique.upload', async (report, letGo) => {
          if (state === 'is gone') await rm(path(rig, tenant));
          else await writeFile(path(rig, tenant), 'status: [');
          await believed(rig);
          letGo();
          await until(async () => (await failureOfStep(rig)).includes(`the file of tenant ${tenant} cannot be used`));
          const other = await (await rig.sync.requestSync(well.tenant)).result();
          expect(other).toMatchObject({ outcome: 'succeeded', totals: { new: PAGES } });
          expect(await rig.sync.progress(tenant)).toBeDefined();

          await rig.sandbox.writeTenantFile(rig.home, FILE);
          expect(await report).toMatchObject({ outcome: 'succeeded', totals: { new: PAGES, failed: 0 } });
          expect(titles(rig.sandbox)).toEqual(pages('ai-ingest'));
        });
      });
    });
  },
);

test('W-54 a sync that was begun comes to its end, also when its tenant is inactive by then and the worker was restarted', async () => {
  const tenant = 'retired';
  await withRig(temporal, { flavor: 'data-center', tenant, site: site(), overrides: AT_ONCE }, async (rig) => {
    await heldSync(rig, 'unique.upload', async (report, letGo) => {
      await rig.stopWorker();
      await rig.sandbox.writeTenantFile(rig.home, { ...FILE, status: 'inactive' });
      letGo();
      await rig.startWorker();
      expect(await report).toMatchObject({ outcome: 'succeeded', totals: { new: PAGES, failed: 0 } });
      expect(titles(rig.sandbox)).toEqual(pages('ai-ingest'));
    });
    expect(await rig.run()).toMatchObject({ outcome: 'failed', message: expect.stringContaining('is inactive') });
  });
});
