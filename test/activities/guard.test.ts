import { Site } from '../../sandbox';
import type { TenantReport } from '../../rules/report';
import { OneRun } from '../model/one-run';
import { type Activities, withActivities } from './with-activities';

const LABEL = ['ai-ingest'];
const QUARTER_OF_AN_HOUR = 15;
const DAY = 24 * 60;

/** ENG with so many labelled pages, OPS with three. */
function site(pages: number): Site {
  const site = new Site();
  for (const [key, count] of [
    ['ENG', pages],
    ['OPS', 3],
  ] as const) {
    site.addSpace({ key });
    for (let number = 1; number <= count; number++) addPage(site, key, `${key} ${number}`);
  }
  return site;
}

const addPage = (site: Site, spaceKey: string, title: string) =>
  site.addPage({ spaceKey, title, body: `<p>${title}</p>`, labels: LABEL });

/** A tenant whose contents are all in Unique. */
async function synced(pages: number, work: (at: Activities) => Promise<void>): Promise<void> {
  await withActivities({ flavor: 'data-center', site: site(pages) }, async (at) => {
    expect((await new OneRun(at).whole()).totals).toMatchObject({ new: pages + 3, deleted: 0 });
    await work(at);
  });
}

function unlabel({ sandbox: { site } }: Activities, from: number, to: number): void {
  for (let number = from; number <= to; number++) site.setLabels(site.byTitle(`ENG ${number}`).id, []);
}
const titles = ({ sandbox }: Activities): string[] => sandbox.unique.contents().map(({ title }) => title ?? '');
const eng = (report: TenantReport) => report.spaces.find(({ spaceKey }) => spaceKey === 'ENG');

test('W-10 B-088 29 % of a space go, 29 % more a quarter of an hour later do not, whatever came new; a day later they do', async () => {
  await synced(31, async (at) => {
    unlabel(at, 1, 9);
    expect((await new OneRun(at).whole()).totals).toMatchObject({ deleted: 9, held: 0 });

    const unlabelledTo = [15, 19];
    for (const [quarter, to] of unlabelledTo.entries()) {
      at.later(QUARTER_OF_AN_HOUR);
      unlabel(at, 10, to);
      if (quarter === 1) for (let number = 1; number <= 40; number++) addPage(at.sandbox.site, 'ENG', `New ${number}`);
      const report = await new OneRun(at).whole();
      expect(report).toMatchObject({ outcome: 'blocked', totals: { deleted: 0, held: to - 9 } });
      expect(eng(report)?.blocked?.reason).toContain('within 24 hours');
    }
    expect(titles(at)).toContain('ENG 10');

    at.later(DAY);
    expect((await new OneRun(at).whole()).totals).toMatchObject({ deleted: 10, held: 0 });
    expect(titles(at)).not.toContain('ENG 10');
  });
}, 60_000);

test('W-10 new pages of an earlier sync excuse nothing either: neither what that one blocked nor one portion more', async () => {
  await synced(31, async (at) => {
    at.later(DAY);
    for (let number = 1; number <= 120; number++) addPage(at.sandbox.site, 'ENG', `New ${number}`);
    unlabel(at, 1, 10);
    expect(await new OneRun(at).whole()).toMatchObject({ outcome: 'blocked', totals: { new: 120, deleted: 0 } });
    at.later(QUARTER_OF_AN_HOUR);
    const next = await new OneRun(at).whole();
    expect(next).toMatchObject({ outcome: 'blocked', totals: { deleted: 0, held: 10 } });
    expect(eng(next)?.blocked?.reason).toContain('10 of 31 contents that stood there a day ago');

    at.sandbox.site.setLabels(at.sandbox.site.byTitle('ENG 10').id, LABEL);
    expect((await new OneRun(at).whole()).totals).toMatchObject({ deleted: 9, held: 0 });
    at.later(QUARTER_OF_AN_HOUR);
    unlabel(at, 10, 15);
    expect(await new OneRun(at).whole()).toMatchObject({ outcome: 'blocked', totals: { deleted: 0, held: 6 } });
    at.later(DAY);
    expect((await new OneRun(at).whole()).totals).toMatchObject({ deleted: 6, held: 0 });

    // What came today is not measured by the three that stood there before.
    const { site } = at.sandbox;
    for (let number = 4; number <= 33; number++) addPage(site, 'OPS', `OPS ${number}`);
    await new OneRun(at).whole();
    for (let number = 4; number <= 9; number++) site.setLabels(site.byTitle(`OPS ${number}`).id, []);
    at.later(QUARTER_OF_AN_HOUR);
    expect((await new OneRun(at).whole()).totals).toMatchObject({ deleted: 6, held: 0 });
  });
}, 60_000);

test('B-089 W-15 an approval removes what is in its set and is still gone, and blocks what went since then under a new name', async () => {
  await synced(20, async (at) => {
    const { site } = at.sandbox;
    unlabel(at, 1, 8);
    site.editPage(site.byTitle('OPS 1').id, { body: '<p>edited</p>' });
    const blocked = await new OneRun(at).whole();
    expect(blocked).toMatchObject({ outcome: 'blocked', totals: { updated: 1, deleted: 0, held: 8 } });
    const { fingerprint = '' } = eng(blocked)?.blocked ?? {};

    site.setLabels(site.byTitle('ENG 1').id, LABEL);
    unlabel(at, 9, 15);
    at.later(QUARTER_OF_AN_HOUR);
    const approved = await new OneRun(at).whole({ ENG: fingerprint });
    expect(approved).toMatchObject({ outcome: 'blocked', totals: { deleted: 7, held: 7 } });
    const left = [1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((number) => `ENG ${number}`);
    expect(
      titles(at)
        .filter((title) => title.startsWith('ENG'))
        .sort(),
    ).toEqual(left.sort());
    expect(eng(approved)?.blocked).toMatchObject({ deletions: 7, stored: 20 });
    expect(eng(approved)?.blocked?.fingerprint).not.toBe(fingerprint);

    // The set is used up: its fingerprint releases nothing else.
    expect((await new OneRun(at).whole({ ENG: fingerprint })).totals).toMatchObject({ deleted: 0, held: 7 });
  });
}, 60_000);

test('B-087 W-09 a listing that lacks a whole space, or all but what is new in it, is measured by what stood there before', async () => {
  await synced(8, async (at) => {
    addPage(at.sandbox.site, 'ENG', 'New');
    unlabel(at, 1, 8);
    const report = await new OneRun(at).whole();
    expect(report).toMatchObject({ outcome: 'blocked', totals: { new: 1, deleted: 0, held: 8 } });
    expect(eng(report)?.blocked).toMatchObject({ deletions: 8, stored: 8 });

    at.sandbox.site.setLabels(at.sandbox.site.byTitle('New').id, []);
    const { run, steps } = at;
    const nothingListed = new OneRun(at);
    await nothingListed.open();
    await run(steps.planRemovals, nothingListed.space('ENG'), 99);
    await run(steps.removeContents, nothingListed.space('ENG'), 99);
    expect(await nothingListed.close(['ENG'])).toMatchObject({ outcome: 'blocked', totals: { deleted: 0, held: 9 } });
    expect(titles(at)).toHaveLength(12);
  });
}, 60_000);

test('B-170 contents are removed twenty at a time, by ids that are looked up; without a removal no call is made', async () => {
  await synced(60, async (at) => {
    const { requests } = at.sandbox;
    requests.reset();
    await new OneRun(at).whole();
    expect(requests.count('unique.deleteContents')).toBe(0);
    unlabel(at, 1, 45);
    const { fingerprint = '' } = eng(await new OneRun(at).whole())?.blocked ?? {};
    expect((await new OneRun(at).whole({ ENG: fingerprint })).totals).toMatchObject({ deleted: 45 });
    expect(requests.count('unique.deleteContents')).toBe(3);
  });
}, 60_000);

test('B-144 B-142 a space that is gone leaves with its scope under the older key format, and by its own prefix only', async () => {
  const options = { ingestion: { useV1KeyFormat: 'enabled' }, deletion: { graceMinutes: 10 } };
  await withActivities({ flavor: 'data-center', site: site(3), overrides: options }, async (at) => {
    await new OneRun(at).whole();
    const { site, unique } = at.sandbox;
    const keys = unique.contents().map(({ key }) => key);
    expect(keys.some((key) => key.startsWith(`${at.tenant}/`))).toBe(false);
    site.removeSpace('ENG');
    const { run, steps } = at;
    for (const left of [6, 3]) {
      at.later(QUARTER_OF_AN_HOUR);
      const sync = new OneRun(at);
      await sync.open();
      const { lost = [] } = await run(steps.spacesWithWork, { ...sync.key, after: '', limit: 100, request: {} });
      expect(lost).toEqual(['ENG']);
      await sync.remove('ENG');
      await run(steps.retireScope, sync.space('ENG'));
      await sync.close(['ENG']);
      expect(unique.contents()).toHaveLength(left);
    }
    expect(
      unique
        .contents()
        .map(({ title }) => title)
        .sort(),
    ).toEqual(['OPS 1', 'OPS 2', 'OPS 3']);
    expect(unique.scopes().map(({ name }) => name)).not.toContain('ENG');
  });
}, 60_000);
