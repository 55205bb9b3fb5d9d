import { type ConfigSection, Site } from '../../sandbox';
import { expectedItems, storedItems } from '../end-to-end/expected';
import { fillByShippedConnector, type ShippedOptions } from '../end-to-end/shipped-connector';
import { type Activities, withActivities } from './with-activities';

const AT_ONCE: ConfigSection = { deletion: { graceMinutes: 0 }, verify: { doubtMinutes: 0 } };
const V1: ConfigSection = { ...AT_ONCE, ingestion: { useV1KeyFormat: 'enabled' } };
const ATTEMPTS = 3;

/** Two spaces; long unchanged. */
function oldSite(): Site {
  const site = new Site();
  const when = Date.UTC(2026, 0, 5);
  for (const key of ['ENG', 'OPS']) {
    site.addSpace({ key });
    for (const number of [1, 2, 3]) {
      const title = `${key} ${number}`;
      const page = site.addPage({ spaceKey: key, title, body: `<p>${title}</p>`, labels: ['ai-ingest'], when });
      if (number > 1) continue;
      const bytes = Buffer.from(title);
      site.addAttachment(page.id, { title: 'a.txt', mediaType: 'text/plain', bytes, when });
    }
  }
  return site;
}

interface Outcome {
  readonly failures: readonly { readonly type?: string; readonly message: string }[];
  readonly moved: number;
  readonly deleted: number;
  readonly held: number;
  readonly new: number;
}

let runs = 0;
/** All steps of a sync, in a workflow's order; `attempts` of each before its space, or all of it, is given up. */
async function sync(
  { run, main, steps, tenant }: Activities,
  { rekey = false, attempts = ATTEMPTS }: { readonly rekey?: boolean; readonly attempts?: number } = {},
): Promise<Outcome> {
  const key = { tenant, run: `run-${++runs}` };
  const failures: { message: string }[] = [];
  let executions = 0;
  const tried = async <I, R>(activity: (input: I) => Promise<R>, input: I): Promise<R> => {
    for (let attempt = 1; ; attempt++) {
      const done = await run(activity, input, ++executions).then(
        (result) => ({ result }),
        (error: unknown) => ({ error: error as Error & { readonly nonRetryable?: boolean } }),
      );
      if ('result' in done) return done.result;
      if (attempt >= attempts || done.error.nonRetryable) throw done.error;
    }
  };
  const totals = { moved: 0, deleted: 0, held: 0, new: 0 };
  const request = rekey ? { rekey } : {};
  const began = { ...key, workflowId: `sync/${tenant}`, startedAt: new Date().toISOString() };
  try {
    await tried(main.openTenant, began);
    await tried(steps.discoverPages, { ...key, round: 1, request });
    const { spaceKeys, lost = [] } = await tried(steps.spacesWithWork, { ...key, after: '', limit: 10, request });
    for (const spaceKey of spaceKeys) {
      const space = { ...key, spaceKey };
      try {
        await tried(steps.discoverSpace, { ...space, round: 1 });
        const plan = await tried(steps.planSpace, { ...space, force: false });
        for (let slice = plan.pages.from; slice < plan.pages.to; slice++)
          await tried(steps.ingestPages, { ...space, slice });
        for (let slice = plan.attachments.from; slice < plan.attachments.to; slice++)
          await tried(steps.ingestAttachments, { ...space, slice });
        if ((plan.candidates ?? 0) > 0) {
          const { removals } = await tried(steps.planRemovals, space);
          for (let finished = removals === 0; !finished;) ({ finished } = await tried(steps.removeContents, space));
        }
        const closed = await tried(steps.closeSpace, space);
        for (const count of ['moved', 'deleted', 'held', 'new'] as const) totals[count] += closed.totals[count];
      } catch (error) {
        failures.push(error as Error);
        const { message } = error as Error;
        await run(steps.recordSpace, { ...space, outcome: 'failed', step: 'plan', message });
      }
    }
    for (const spaceKey of lost) await tried(steps.retireScope, { ...key, spaceKey });
  } catch (error) {
    failures.push(error as Error);
  }
  await run(main.closeRun, began);
  return { failures, ...totals };
}

const keys = ({ sandbox }: Activities): string[] => [...storedItems(sandbox).keys()].sort();
const wanted = ({ sandbox }: Activities, isV1 = false): string[] =>
  [...expectedItems(sandbox).keys()].map((key) => (isV1 ? key.slice(key.indexOf('/') + 1) : key)).sort();
const writes = ({ sandbox: { requests } }: Activities): number =>
  ['upsert', 'upload', 'updateScope', 'generateScopes', 'deleteContents', 'bulkMove']
    .map((route) => requests.count(`unique.${route}`))
    .reduce((sum, count) => sum + count, 0);

function filled(
  shipped: ShippedOptions,
  overrides: ConfigSection,
  work: (activities: Activities) => Promise<void>,
): Promise<void> {
  return withActivities({ flavor: 'data-center', site: oldSite(), overrides }, async (activities) => {
    fillByShippedConnector(activities.sandbox, shipped);
    await work(activities);
  });
}

const CHANGES: readonly (readonly [string, ShippedOptions, ConfigSection, boolean])[] = [
  ['the tenant’s name', { tenant: 'before' }, AT_ONCE, false],
  ['the key format to the present one', { useV1KeyFormat: true }, AT_ONCE, false],
  ['the key format to the older one', {}, V1, true],
  ['both', { tenant: 'before', useV1KeyFormat: true }, AT_ONCE, false],
];

describe.each(CHANGES)('W-17 a change of %s', (_, shipped, overrides, isV1) => {
  test('is refused over contents that exist: nothing is written, the message has both remedies', async () => {
    await filled(shipped, overrides, async (activities) => {
      const before = keys(activities);
      const scopes = activities.sandbox.unique.scopes();
      const [failure] = (await sync(activities)).failures;
      expect(failure).toMatchObject({ type: 'KeysChangedError', nonRetryable: true });
      expect(failure?.message).toMatch(/ENG and 1 more spaces .* twice\. Nothing was written\. Either .* --rekey/);
      expect(failure?.message).toContain(shipped.tenant ? 'before-tenant-config.yaml' : 'useV1KeyFormat');
      expect(writes(activities)).toBe(0);
      expect(keys(activities)).toEqual(before);
      expect(activities.sandbox.unique.scopes()).toEqual(scopes);
    });
  });

  test('moves everything by --rekey: one copy of each under the new key, none under the old, marks rewritten', async () => {
    await filled(shipped, overrides, async (activities) => {
      const { sandbox, tenant } = activities;
      const scopes = sandbox.unique.scopes().map(({ id }) => id);
      expect(await sync(activities, { rekey: true })).toEqual({ failures: [], moved: 8, deleted: 0, held: 0, new: 8 });
      expect(keys(activities)).toEqual(wanted(activities, isV1));
      expect(sandbox.unique.scopes().map(({ id }) => id)).toEqual(scopes);
      const marks = sandbox.unique.scopes().flatMap(({ name, externalId }) => (name.length === 3 ? externalId : []));
      expect(marks).toEqual(['ENG', 'OPS'].map((key) => `confc:${tenant}:${sandbox.site.space(key).id}:${key}`));
      // Nothing is left to be done, and nobody asks again.
      const done = writes(activities);
      sandbox.requests.reset();
      expect(await sync(activities)).toMatchObject({ failures: [], moved: 0 });
      expect(writes(activities)).toBe(0);
      expect(done).toBeGreaterThan(0);
      expect(sandbox.requests.count('unique.scopes')).toBe(2); // the root, and the folder above it
      expect(sandbox.requests.count('unique.contents')).toBe(0);
    });
  });
});

test('W-17 a copy stays until its item is finalized under the new key; the next sync goes on without being asked', async () => {
  await filled({ tenant: 'before' }, AT_ONCE, async (activities) => {
    const { sandbox } = activities;
    const bad = wanted(activities)[0] ?? '';
    const broken = sandbox.faults.add({ route: 'unique.upsert', kind: 'graphql-error', message: 'no', keys: bad });
    expect(await sync(activities, { rekey: true })).toMatchObject({ moved: 7, new: 7 });
    const old = bad.replace(/^[^/]*/, 'before');
    expect(keys(activities)).toEqual([...wanted(activities).filter((key) => key !== bad), old].sort());
    broken.remove();
    expect(await sync(activities)).toMatchObject({ failures: [], moved: 1, new: 1 });
    expect(keys(activities)).toEqual(wanted(activities));
  });
});

test('W-17 a copy that Unique does not remove is a failure, and removed by the next sync', async () => {
  await filled({ tenant: 'before' }, AT_ONCE, async (activities) => {
    const { faults } = activities.sandbox;
    faults.add({ route: 'unique.deleteContents', kind: 'graphql-error', message: 'busy', times: 1 });
    expect(await sync(activities, { rekey: true })).toMatchObject({ failures: [], moved: 4 });
    expect(keys(activities)).toHaveLength(12);
    expect(await sync(activities)).toMatchObject({ failures: [], moved: 4, new: 0 });
    expect(keys(activities)).toEqual(wanted(activities));
  });
});

test('W-17 an old copy whose page is gone meanwhile leaves by evidence, not by the change', async () => {
  await filled({ tenant: 'before' }, AT_ONCE, async (activities) => {
    const { site } = activities.sandbox;
    site.setLabels(site.byTitle('ENG 2').id, []);
    expect(await sync(activities, { rekey: true })).toMatchObject({ failures: [], moved: 7, held: 1 });
    expect(keys(activities)).toHaveLength(8);
    expect(await sync(activities)).toMatchObject({ failures: [], deleted: 1, held: 0 });
    expect(keys(activities)).toEqual(wanted(activities));
  });
});

test('W-17 a space whose pages all go in the middle of the change leaves by evidence, too, and its scope with it', async () => {
  await filled({ tenant: 'before' }, AT_ONCE, async (activities) => {
    const { sandbox } = activities;
    const isOfEng = (key: string) => key.includes('_ENG/');
    const broken = sandbox.faults.add({ route: 'unique.upsert', kind: 'graphql-error', message: 'no', keys: /_ENG\// });
    expect(await sync(activities, { rekey: true })).toMatchObject({ moved: 4, new: 4 });
    broken.remove();
    expect(keys(activities).filter(isOfEng)).toHaveLength(4);
    sandbox.site.removeSpace('ENG');
    sandbox.requests.reset();
    expect(await sync(activities)).toMatchObject({ failures: [], held: 4 });
    expect(sandbox.requests.count('unique.fileDiff')).toBe(0);
    expect(await sync(activities)).toMatchObject({ failures: [], deleted: 4, held: 0 });
    expect(keys(activities)).toEqual(wanted(activities));
    await sync(activities);
    expect(sandbox.unique.scopes().map(({ name }) => name)).not.toContain('ENG');
  });
});

describe.each([true, false])('W-17 W-03 where images become part of their pages (before: %s)', (inlinesImages) => {
  test('a change of keys leaves one copy of each page, its image in it, and no image alone', async () => {
    const pageIngestionConfig = { htmlConfig: { imageContentExtraction: { enabled: true, languageModel: 'm' } } };
    const overrides: ConfigSection = { ...AT_ONCE, ingestion: { pageIngestionConfig } };
    const shipped = { tenant: 'before', inlinesImages };
    const site = new Site();
    site.addSpace({ key: 'ENG' });
    const when = Date.UTC(2026, 0, 5);
    const picture = Buffer.alloc(500, 'picture');
    for (const title of ['One', 'Two']) {
      const body = '<p>See</p><ac:image><ri:attachment ri:filename="a.png"/></ac:image>';
      const { id } = site.addPage({ spaceKey: 'ENG', title, body, labels: ['ai-ingest'], when });
      site.addAttachment(id, { title: 'a.png', mediaType: 'image/png', bytes: picture, when });
    }
    await withActivities({ flavor: 'data-center', site, overrides }, async (activities) => {
      const { sandbox, tenant } = activities;
      fillByShippedConnector(sandbox, shipped);
      expect(sandbox.unique.contents()).toHaveLength(inlinesImages ? 2 : 4);
      // A space whose keys changed removes nothing in that run but the copies that it replaced.
      const left = inlinesImages ? 0 : 2;
      expect(await sync(activities, { rekey: true })).toEqual({
        failures: [],
        moved: 2,
        deleted: 0,
        held: left,
        new: 2,
      });
      expect(await sync(activities)).toEqual({ failures: [], moved: left, deleted: 0, held: 0, new: 0 });
      const partial = `${tenant}/${site.space('ENG').id}_ENG`;
      expect(keys(activities)).toEqual(['One', 'Two'].map((title) => `${partial}/${site.byTitle(title).id}`).sort());
      for (const { bytes } of sandbox.unique.contents())
        expect(bytes?.toString()).toContain(picture.toString('base64'));
    });
  });
});

test('W-17 contents of another instance under the same old keys are neither found nor touched', async () => {
  await filled({}, AT_ONCE, async (activities) => {
    const { unique, site } = activities.sandbox;
    const theirs = unique.addScope({ name: 'Theirs' });
    unique.grant(theirs.id, 'MANAGE', 'READ', 'WRITE');
    const key = `${site.space('ENG').id}_ENG/77`;
    unique.addContent({ key, scopeId: theirs.id });
    expect(await sync(activities)).toMatchObject({ failures: [], new: 0, moved: 0 });
    expect(unique.contentByKey(key)).toBeDefined();
  });
});

test('W-16 contents of a former space with the same key are looked at and leave by evidence, never mixed up', async () => {
  await filled({ formerSpaceIds: { ENG: '4711' } }, AT_ONCE, async (activities) => {
    const { unique, site, tenant } = { ...activities, ...activities.sandbox };
    const scope = unique.scopes().find(({ name }) => name === 'ENG');
    const gone = unique.addContent({ key: `${tenant}/4711_ENG/999999`, scopeId: scope?.id ?? '', title: 'gone' });
    // The pages are in the new space now: each old copy leaves when the new one stands.
    expect(await sync(activities)).toMatchObject({ failures: [], moved: 4, deleted: 0, held: 1 });
    expect(unique.scope(scope?.id ?? '')?.externalId).toBe(`confc:${tenant}:${site.space('ENG').id}:ENG`);
    expect(keys(activities)).toEqual([...wanted(activities), gone.key].sort());
    // What nobody finds any more goes when a later run does not find it either.
    for (let run = 0; run < 2; run++) expect((await sync(activities)).failures).toEqual([]);
    expect(keys(activities)).toEqual(wanted(activities));
    expect(unique.removals.filter(({ key }) => key.startsWith(`${tenant}/4711_ENG/`))).toHaveLength(5);
  });
});

/** Requests after which another thing stands in Unique; the second upsert of a space finalizes what the first registered. */
const BREAKS: readonly (readonly [string, string, number])[] = [
  ['the registration', 'unique.upsert', 0],
  ['an upload', 'unique.upload', 0],
  ['the finalization', 'unique.upsert', 1],
  ['the removal of the copies', 'unique.deleteContents', 0],
];

describe.each(BREAKS)('W-17 a change of keys that breaks off at %s', (_, route, after) => {
  test.each(['drop', 'drop-after'] as const)(
    '(%s) is finished by the next sync: one copy of each, none lost',
    async (kind) => {
      await filled({ tenant: 'before' }, AT_ONCE, async (activities) => {
        const broken = activities.sandbox.faults.add({ route, kind, after, times: 1 });
        await sync(activities, { rekey: true, attempts: 1 });
        expect(broken.hits).toBe(1);
        broken.remove();
        // At no time is a page without a copy.
        const items = new Set(keys(activities).map((key) => key.slice(key.indexOf('/'))));
        for (const key of wanted(activities)) expect(items).toContain(key.slice(key.indexOf('/')));
        for (let run = 0; run < 2; run++) await sync(activities, { rekey: run === 0 });
        expect(keys(activities)).toEqual(wanted(activities));
      });
    },
  );
});
