import { type MakeDatabase, withDatabase } from './database.contract';
import { attachment, collect, discover, image, page, spaceRun, TENANT } from './rows.contract';

const KEY = spaceRun();

export function describeDiscoveries(make: MakeDatabase): void {
  describe('discoveries', () => {
    const at = withDatabase(make);

    test('keep the cursor with the rows before it, over a restart, and seal the listing at its end', async () => {
      expect(await at.store.discoveries.get(KEY, 'labels')).toBeUndefined();
      await at.store.discoveries.addPage(KEY, 'labels', [page('1')], 'cursor-2');
      await at.reopen();
      expect(await at.store.discoveries.get(KEY, 'labels')).toEqual({ cursor: 'cursor-2', sealed: false });
      expect(await at.store.manifest.count(KEY)).toBe(1);
      await at.store.discoveries.addPage(KEY, 'labels', [page('2')], undefined);
      expect(await at.store.discoveries.get(KEY, 'labels')).toEqual({ sealed: true });
      expect(await at.store.discoveries.get(KEY, 'trees')).toBeUndefined();
      expect(await at.store.discoveries.get(spaceRun('run-2'), 'labels')).toBeUndefined();
    });

    test('stay sealed when a page comes late', async () => {
      await at.store.discoveries.addPage(KEY, 'labels', [], undefined);
      await at.store.discoveries.addPage(KEY, 'labels', [page('1')], 'cursor-1');
      expect(await at.store.discoveries.get(KEY, 'labels')).toEqual({ sealed: true });
    });

    test('store a repeated page once', async () => {
      const rows = [page('1'), attachment('1', 'a', 5), page('2')];
      await at.store.discoveries.addPage(KEY, 'labels', rows, 'next');
      await at.store.discoveries.addPage(KEY, 'labels', rows, 'next');
      expect(await at.store.manifest.count(KEY)).toBe(3);
    });

    test('B-035 keep the first of two rows of an item, but remember that one of them was a root', async () => {
      for (const [first, second] of [
        [false, true],
        [true, false],
      ] as const) {
        const key = spaceRun(`run-${String(first)}`);
        await discover(at.store, key, [page('1', { title: 'first', isRoot: first })]);
        await discover(at.store, key, [page('1', { title: 'second', isRoot: second })]);
        expect(await at.store.manifest.rows(key, ['1'])).toEqual([page('1', { title: 'first', isRoot: true })]);
      }
      const inOnePage = spaceRun('run-page');
      await discover(at.store, inOnePage, [page('1'), page('1', { isRoot: true })]);
      expect(await at.store.manifest.roots(inOnePage)).toEqual(['1']);
    });

    test('count items, not roots that are none', async () => {
      await discover(at.store, KEY, [page('1'), page('2', { kind: 'root', isRoot: true })]);
      expect(await at.store.manifest.count(KEY)).toBe(1);
    });

    test('tell which pages were listed, in whatever space', async () => {
      await discover(at.store, KEY, [page('1'), attachment('1', 'a', 5), page('2', { kind: 'root', isRoot: true })]);
      await discover(at.store, spaceRun('run-1', 'OPS'), [page('3', { spaceKey: 'OPS', spaceId: '8' })]);
      await discover(at.store, spaceRun('run-2'), [page('4')]);
      await discover(at.store, spaceRun('run-1', 'ENG', 'other'), [page('5')]);
      expect(await at.store.manifest.listed(KEY, ['1', '2', '3', '4', '5', '6'])).toEqual(new Set(['1', '3']));
      expect(await at.store.manifest.listed(KEY, [])).toEqual(new Set());
    });

    test('keep a page that moved between two listings in both spaces', async () => {
      await discover(at.store, KEY, [page('1'), page('1', { spaceKey: 'OPS', spaceId: '8' })]);
      expect(await at.store.manifest.count(KEY)).toBe(2);
      expect(await at.store.manifest.rows(spaceRun('run-1', 'OPS'), ['1'])).toHaveLength(1);
    });

    test('take rows of many spaces from two workers at the same time', async () => {
      const rows = (from: number) =>
        Array.from({ length: 300 }, (_, i) => page(String((from + i * 7) % 400), { spaceKey: `S${i % 5}` }));
      await Promise.all([
        at.store.discoveries.addPage(KEY, 'labels', rows(0), undefined),
        at.other.discoveries.addPage(KEY, 'trees', rows(150), undefined),
      ]);
      const wanted = new Set([...rows(0), ...rows(150)].map(({ spaceKey, itemKey }) => `${spaceKey}/${itemKey}`));
      expect(await at.store.manifest.count(KEY)).toBe(wanted.size);
    });
  });

  describe('the manifest', () => {
    const at = withDatabase(make);

    test('gives a row back as it came', async () => {
      const rows = [
        attachment('1', 'a', 0, { downloadPath: '/download/a', version: 0 }),
        page('2', { hasMoreAttachments: true, isRoot: true, title: 'Ünïcode “quotes” \\u0041 \\ 🙂' }),
      ];
      await discover(at.store, KEY, rows);
      expect(await at.store.manifest.rows(KEY, ['2', '1::a', 'unknown'])).toEqual(rows);
    });

    test('survives titles that no database can hold', async () => {
      const titles = ['a\u0000b', 'half \ud83d', '\ude00 other half', '\\\ud800', 'whole 🙂', 'line\nbreak\u001f'];
      await discover(
        at.store,
        KEY,
        titles.map((title, i) => page(String(i), { title })),
      );
      const rows = await at.store.manifest.rows(
        KEY,
        titles.map((_, i) => String(i)),
      );
      expect(rows.map(({ title }) => title)).toEqual([
        'a\ufffdb',
        'half \ufffd',
        '\ufffd other half',
        '\\\ufffd',
        'whole 🙂',
        'line\nbreak\u001f',
      ]);
    });

    test('lists spaces by key after a key, each once', async () => {
      const spaces = ['a', 'B', 'C', '~d', 'É'];
      await discover(
        at.store,
        KEY,
        spaces.flatMap((spaceKey) => [page('1', { spaceKey }), page('2', { spaceKey })]),
      );
      const first = await at.store.manifest.spaces(KEY, '', 2);
      expect(first).toEqual(['B', 'C'].map((spaceKey) => ({ spaceKey, spaceId: '7', spaceName: 'Engineering' })));
      const rest = await at.store.manifest.spaces(KEY, 'C', 10);
      expect(rest.map(({ spaceKey }) => spaceKey)).toEqual(['a', '~d', 'É']);
      expect(await at.store.manifest.space(spaceRun('run-1', 'a'))).toMatchObject({ spaceKey: 'a' });
      expect(await at.store.manifest.space(spaceRun('run-1', 'A'))).toBeUndefined();
    });

    test('names the roots of a space, and its pages with more attachments', async () => {
      const more = page('3', { hasMoreAttachments: true });
      await discover(at.store, KEY, [
        page('20', { isRoot: true }),
        page('10', { kind: 'root', isRoot: true }),
        more,
        page('4'),
      ]);
      await discover(at.store, KEY, [page('5', { spaceKey: 'OPS', isRoot: true, hasMoreAttachments: true })]);
      expect(await at.store.manifest.roots(KEY)).toEqual(['10', '20']);
      expect(await at.store.manifest.pagesWithMoreAttachments(KEY)).toEqual([more]);
    });

    test('replaces the attachments of one page as a whole, and may do so again', async () => {
      const others = [attachment('11', 'a', 1), attachment('1', 'z', 1, { spaceKey: 'OPS' })];
      await discover(at.store, KEY, [
        page('1', { hasMoreAttachments: true }),
        attachment('1', 'a', 5),
        page('11'),
        ...others,
      ]);
      for (let repeat = 0; repeat < 2; repeat++) {
        const rows = [image('1', 'i'), attachment('1', 'b', 6), attachment('1', 'c', 7)];
        await at.store.manifest.replaceAttachments(KEY, page('1', { fingerprint: 'whole' }), rows, {
          isComplete: true,
        });
        expect(await at.store.manifest.rows(KEY, ['1'])).toEqual([page('1', { fingerprint: 'whole' })]);
        expect(await at.store.manifest.images(KEY, ['11', '1'])).toEqual([image('1', 'i')]);
        const files = await collect(at.store.manifest.files(KEY));
        expect(files.map(({ itemKey }) => itemKey)).toEqual(['1', '11', '11::a', '1::b', '1::c']);
        expect(await at.store.manifest.pagesWithMoreAttachments(KEY)).toEqual([]);
        expect(await at.store.manifest.count(KEY)).toBe(6);
      }
    });

    test('streams key, url and time of every item by key, however many there are', async () => {
      const ids = Array.from({ length: 4_500 }, (_, i) => String((i * 7_919) % 1_000_003));
      await discover(
        at.store,
        KEY,
        ids.map((id) => page(id)),
      );
      await discover(at.store, KEY, [page('root', { kind: 'root' }), page('1', { spaceKey: 'OPS' })]);
      const files = await collect(at.store.manifest.files(KEY));
      expect(files.map(({ itemKey }) => itemKey)).toEqual([...ids].sort());
      const [id = ''] = [...ids].sort();
      expect(files[0]).toEqual({ itemKey: id, url: page(id).url, updatedAtIso: page(id).updatedAtIso });
    });

    test('never mixes tenants, runs and spaces', async () => {
      await discover(at.store, KEY, [page('1')]);
      await discover(at.store, spaceRun('run-2'), [page('1'), page('2')]);
      await discover(at.store, spaceRun('run-1', 'ENG', 'other'), [page('3', { isRoot: true })]);
      expect(await at.store.manifest.count(KEY)).toBe(1);
      expect(await at.store.manifest.rows(KEY, ['1', '2', '3'])).toEqual([page('1')]);
      expect(await at.store.manifest.roots(KEY)).toEqual([]);
      expect(await at.store.manifest.count({ tenant: TENANT, run: 'run-3' })).toBe(0);
      expect(await collect(at.store.manifest.files(spaceRun('run-1', 'OPS')))).toEqual([]);
    });
  });
}
