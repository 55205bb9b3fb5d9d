import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { TenantReport } from '../../client';
import { type FaultRule, type Flavor, generateSite, type Sandbox, Site, type Switches } from '../../sandbox';
import { hardSite, longSite } from './confluence-site';
import { expectedItems, storedItems } from './expected';
import { type Rig, temporalServer, withRig } from './harness';

/** Each trap that Confluence sets, switched on for a whole sync; what stands in Unique afterwards counts. */

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await temporalServer();
}, 60_000);
afterAll(() => temporal.teardown());

const FLAVORS = ['cloud', 'data-center'] as const;
const ONLY_DOCUMENTED_SCOPES = [
  'search:confluence',
  'read:attachment:confluence',
  'readonly:content.attachment:confluence',
];

interface Trap {
  readonly name: string;
  readonly flavors: readonly Flavor[];
  readonly site: (flavor: Flavor) => Site;
  readonly switches?: Partial<Switches>;
  readonly faults?: (site: Site) => readonly FaultRule[];
  readonly outcome: TenantReport['outcome'];
  /** What the report must say, where something is missing or failed. */
  readonly says?: RegExp;
}

const whole = (name: string, flavors: readonly Flavor[], switches: Trap['switches']): Trap => ({
  name,
  flavors,
  site: hardSite,
  outcome: 'succeeded',
  ...(switches === undefined ? {} : { switches }),
});
const long = (name: string, flavors: readonly Flavor[], switches: Partial<Switches>): Trap => ({
  ...whole(name, flavors, switches),
  site: longSite,
});
const failed = (name: string, flavors: readonly Flavor[], switches: Partial<Switches>, says: RegExp): Trap => ({
  ...whole(name, flavors, switches),
  outcome: 'failed',
  says,
});

const PAGING: Partial<Switches> = {
  shortPages: true,
  emptyPageWithNext: true,
  repeatRowsAcrossPages: true,
  nextDropsExpand: true,
};
const idOf = (title: string) => (site: Site) => site.byTitle(title).id;
const BARE_NOT_FOUND = { errors: [{ status: 404, code: 'NOT_FOUND', title: 'Not Found', detail: null }] };
const onlyListOf =
  (title: string, fault: Pick<Extract<FaultRule, { kind: 'status' }>, 'status' | 'body'>) =>
  (site: Site): readonly FaultRule[] => [
    {
      route: 'confluence.attachments',
      kind: 'status',
      ...fault,
      match: ({ path }) => path.includes(`/${idOf(title)(site)}/`),
    },
  ];

const traps: readonly Trap[] = [
  whole(
    'B-031 B-034 B-035 B-036 B-037 W-14 roots and spaces of every type, blog posts with many files',
    FLAVORS,
    undefined,
  ),
  whole('v1 is gone, and nothing but the three documented scopes is granted', ['cloud'], {
    v1Removed: 'gone',
    scopes: ONLY_DOCUMENTED_SCOPES,
  }),
  long('W-12 pages are short, empty, repeated, and next is cut', FLAVORS, PAGING),
  long('B-025 next holds the context', ['cloud'], { nextLink: 'with-context', unstableOrder: true }),
  long('B-025 next is a whole address of the site', ['cloud'], { nextLink: 'absolute', nextDropsExpand: true }),
  long('limits are lowered in silence, next skips rows, links name another host', ['data-center'], {
    dcLimitCaps: true,
    baseMismatch: true,
  }),
  {
    ...whole('B-046 W-13 an app brings its own type', FLAVORS, { unknownTypeRow: true }),
    outcome: 'partial',
    says: /type ac:com\.example/,
  },
  {
    ...whole('B-046 W-13 a row does not tell its labels', FLAVORS, { rowWithoutLabels: true }),
    outcome: 'partial',
    says: /metadata\.labels/,
  },
  whole('rows of a search do not tell all labels', FLAVORS, { labelTruncation: 196 }),
  whole('W-36 the gateway gives up on many bodies', FLAVORS, { bodyGatewayErrorAbove: 3 }),
  whole('the gateway gives up on many attachments', FLAVORS, { attachmentsGatewayErrorAbove: 10 }),
  whole('B-034 folders have no version', ['cloud'], { containersWithoutVersion: true }),
  whole('a file does not say its type in one of two places', FLAVORS, { unspecificMediaType: true }),
  whole('B-004 ids of files lack their prefix', ['cloud'], { attachmentIdsWithoutPrefix: true }),
  whole('links of downloads are the old ones, which refuse tokens', ['cloud'], { downloadLink: 'legacy' }),
  whole('timestamps carry an odd offset', ['data-center'], { timezoneOffsetMinutes: -570 }),
  whole('a limit is near', ['cloud'], { nearLimitHeaders: true }),
  {
    ...whole('the media host accepts no signature', ['cloud'], { mediaTokenLifetimeMs: 0 }),
    outcome: 'partial',
    says: /signed address/,
  },
  ...([500, 404, 403] as const).map((status) => ({
    ...whole(
      `W-14 the files of one page cannot be listed: ${status}`,
      status === 500 ? FLAVORS : [status === 404 ? 'cloud' : 'data-center'],
      undefined,
    ),
    faults: onlyListOf('Many files of a blogpost', { status, body: BARE_NOT_FOUND }),
    outcome: 'partial' as const,
    says: new RegExp(`attachments answered ${status}|attachment answered ${status}`),
  })),
  failed(
    'the credential is refused by the application',
    ['cloud'],
    { tokenLifetimeMs: 0, expiredToken: 'application' },
    /credential was not revoked/,
  ),
  failed(
    'the credential is refused by the gateway',
    ['cloud'],
    { tokenLifetimeMs: 0, expiredToken: 'gateway' },
    /credential is not accepted/,
  ),
  failed(
    'the scope of the search is missing',
    ['cloud'],
    { scopes: [] },
    /lacks the scope search:confluence\. Grant it/,
  ),
  {
    ...failed(
      'the scope of the lists of files is missing',
      ['cloud'],
      { scopes: ['search:confluence'] },
      /lacks the scope read:attachment:confluence\. Grant it/,
    ),
    outcome: 'partial',
  },
  failed('a CAPTCHA stands before the server', ['data-center'], { frontDoor: 'captcha' }, /Log in once in a browser/),
  failed(
    'single sign-on stands before the server',
    ['data-center'],
    { frontDoor: 'redirect' },
    /most likely a login.*what stands before/,
  ),
  failed(
    'a login page stands before the server',
    ['data-center'],
    { frontDoor: 'login-page' },
    /most likely a login.*what stands before/,
  ),
];

const cases = traps.flatMap((trap) => trap.flavors.map((flavor) => ({ ...trap, flavor, says: trap.says ?? /^$/ })));

test.each(cases)(
  '$name ($flavor)',
  async ({ name, flavor, site: make, switches, faults, outcome, says }) => {
    const site = make(flavor);
    const tenant = `trap-${cases.findIndex((one) => one.name === name && one.flavor === flavor)}`;
    // Inside its cluster Unique needs no token, so that only Confluence's are refused.
    await withRig(temporal, { flavor, tenant, site, serviceAuthMode: 'cluster_local' }, async ({ sandbox, run }) => {
      Object.assign(sandbox.switches, switches);
      for (const fault of faults?.(site) ?? []) sandbox.faults.add(fault);
      const report = await run();
      expect([report.outcome, report.failures.map(({ message }) => message).slice(0, 3)]).toEqual([
        outcome,
        outcome === 'succeeded' ? [] : expect.arrayContaining([expect.stringMatching(says)]),
      ]);
      if (outcome !== 'failed') expectNothingLost(sandbox, report);
      else expect(storedItems(sandbox).size).toBe(0);
    });
  },
  60_000,
);

/** Everything stands in Unique as it is, unless the report names it, its page or one above it; and nothing else does. */
function expectNothingLost(sandbox: Sandbox, { failures }: TenantReport): void {
  const [expected, stored] = [expectedItems(sandbox), storedItems(sandbox)];
  for (const [key, item] of stored) expect(item).toEqual(expected.get(key));
  const named = new Set(failures.map(({ itemKey }) => itemKey.split('::')[0]));
  const isSpace = failures.flatMap(({ itemKey, spaceKey }) => (itemKey === '' ? [`_${spaceKey}/`] : []));
  const lost = [...expected.keys()].filter((key) => {
    const page = sandbox.site.content(key.split('/').at(-1)?.split('::')[0] ?? '');
    const isNamed = [page, ...sandbox.site.ancestors(page)].some(({ id }) => named.has(id));
    return !stored.has(key) && !isNamed && !isSpace.some((space) => key.includes(space));
  });
  expect(lost).toEqual([]);
}

test.each(FLAVORS)(
  'B-026 no request carries os_authType, and none but downloads is redirected (%s)',
  async (flavor) => {
    await withRig(temporal, { flavor, tenant: 'plain', site: hardSite(flavor) }, async ({ sandbox, run }) => {
      expect((await run()).outcome).toBe('succeeded');
      const { entries } = sandbox.requests;
      expect(entries.filter(({ path }) => path.includes('os_authType'))).toEqual([]);
      const redirected = entries.filter(({ status }) => status >= 300 && status < 400);
      expect(redirected.every(({ route }) => route === 'confluence.download')).toBe(true);
    });
  },
  60_000,
);

test.each(['say "hi" now', 'Two Words', 'back\\slash', 'Übung'])(
  'W-52 a label is any text: %s',
  async (label) => {
    const site = new Site();
    site.addSpace({ key: 'ENG' });
    const wanted = site.addPage({ spaceKey: 'ENG', title: 'Wanted', body: '<p>x</p>', labels: [label] });
    site.addPage({ spaceKey: 'ENG', title: 'Not wanted', body: '<p>y</p>', labels: ['two', 'words', 'hi', 'say'] });
    const overrides = { confluence: { ingestSingleLabel: label, ingestAllLabel: `${label} all` } };
    await withRig(temporal, { flavor: 'data-center', tenant: 'label', site, overrides }, async ({ sandbox, run }) => {
      expect((await run()).outcome).toBe('succeeded');
      const stored = sandbox.unique.contents();
      expect(stored.map(({ title }) => title)).toEqual([wanted.title]);
    });
  },
  60_000,
);

test.each(FLAVORS)(
  'B-042 W-07 a scan that is cut ingests no more than it may, and removes nothing (%s)',
  async (flavor) => {
    const overrides = { processing: { maxItemsToScan: 20 } };
    await withRig(temporal, { flavor, tenant: 'cut', site: hardSite(flavor), overrides }, async ({ sandbox, run }) => {
      const report = await run();
      expect(report.totals).toMatchObject({ deleted: 0, failed: 0 });
      expect(report.totals.discovered).toBeGreaterThan(10);
      expect(report.totals.discovered).toBeLessThanOrEqual(20);
      expectNothingButExpected(sandbox);
      expect(storedItems(sandbox).size).toBeLessThanOrEqual(20);
    });
  },
  60_000,
);

function expectNothingButExpected(sandbox: Sandbox): void {
  const expected = expectedItems(sandbox);
  for (const [key, item] of storedItems(sandbox)) expect(item).toEqual(expected.get(key));
}

test.each(FLAVORS)(
  'W-36 W-37 B-106 a sync costs few requests, and one without changes hardly any (%s)',
  async (flavor) => {
    const site = generateSite({
      spaces: 2,
      pagesPerSpace: 500,
      attachmentEvery: 5,
      bodyBytes: 200,
      attachmentBytes: 200,
      seed: 5,
    });
    await withRig(temporal, { flavor, tenant: 'counted', site }, async (rig) => {
      await rig.run();
      const items = storedItems(rig.sandbox).size;
      expect(items).toBeGreaterThanOrEqual(1_000);
      expect(confluenceRequests(rig) / 1_000).toBeLessThanOrEqual(0.05);
      rig.sandbox.requests.reset();
      expect((await rig.run()).totals).toMatchObject({ new: 0, updated: 0, unchanged: items });
      expect((rig.sandbox.requests.count() * 1_000) / items).toBeLessThanOrEqual(12);
    });
  },
  120_000,
);

/** All that were asked of Confluence, downloads aside. */
function confluenceRequests({ sandbox }: Rig): number {
  const totals = Object.entries(sandbox.requests.totals());
  const counted = totals.filter(([route]) => route.startsWith('confluence.') && route !== 'confluence.download');
  return counted.reduce((sum, [, count]) => sum + count, 0);
}
