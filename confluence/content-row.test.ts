import fc from 'fast-check';
import { listing, searchRow, v1Attachment } from './client-fixture';
import { parseContents, parsePageBody } from './content-row';
import { RowShapeError } from './row-fields';

const OPTIONS = { product: 'cloud', attachments: true } as const;
const parseOne = (overrides: Record<string, unknown>, options: Parameters<typeof parseContents>[1] = OPTIONS) =>
  parseContents([searchRow('7', overrides)], options);

describe('A row of a search', () => {
  test('is read with what a sync needs of it', () => {
    expect(parseOne({}).rows).toEqual([
      {
        id: '7',
        type: 'page',
        title: 'Page 7',
        space: { id: '98306', key: 'ENG', name: 'Engineering', type: 'global' },
        labels: ['one'],
        version: 3,
        updatedAt: '2026-02-17T09:08:30.734Z',
        webui: '/spaces/ENG/pages/7/Page',
        attachments: [],
        hasMoreAttachments: false,
      },
    ]);
  });

  test('has its time in UTC, whatever the offset', () => {
    const when = (text: string) => parseOne({ version: { number: 1, when: text } }).rows[0]?.updatedAt;
    expect(when('2024-10-02T13:29:02.444+02:00')).toBe('2024-10-02T11:29:02.444Z');
    expect(when('2024-10-02T13:29:02+0200')).toBe('2024-10-02T11:29:02.000Z');
    expect(when('2016-06-10T20:05:21.000Z')).toBe('2016-06-10T20:05:21.000Z');
  });

  test('may have a type that nobody knew', () => {
    expect(parseOne({ type: 'ac:my-app:board', children: {} })).toMatchObject({
      rows: [{ type: 'ac:my-app:board', attachments: [], hasMoreAttachments: false }],
      unknown: [],
    });
  });

  test('B-034 W-13 needs no version if it is only the root of a tree', () => {
    const folder = { type: 'folder', version: undefined, children: {} };
    expect(parseOne(folder)).toMatchObject({ rows: [{ id: '7', type: 'folder', labels: ['one'] }], unknown: [] });
  });

  test.each([
    ['no object', 5, undefined, 'id is no id'],
    ['no id', searchRow('7', { id: undefined }), undefined, 'id is no id'],
    ['an id that is none', searchRow('7', { id: 'a b "c"' }), undefined, 'id is no id'],
    ['an id that would not fit a query', searchRow('att7'), 'att7', 'id is no id of a content'],
    ['no title', searchRow('7', { title: null }), '7', 'title is no text'],
    ['no type', searchRow('7', { type: undefined }), '7', 'type is no text'],
    ['no version', searchRow('7', { version: undefined }), '7', 'version.number is no number'],
    ['no time', searchRow('7', { version: { number: 1, when: 'yesterday' } }), '7', 'version.when is no time'],
    [
      'a time without a zone',
      searchRow('7', { version: { number: 1, when: '2024-10-02T13:29:02' } }),
      '7',
      'version.when is no time',
    ],
    ['no space', searchRow('7', { space: undefined }), '7', 'space.id is no id'],
    ['no labels', searchRow('7', { metadata: {} }), '7', 'metadata.labels is missing or cut'],
  ])('that has %s is set aside and spoils no other', (_name, row, id, reason) => {
    const parsed = parseContents([searchRow('1'), row, searchRow('2')], OPTIONS);
    expect(parsed.rows.map((one) => one.id)).toEqual(['1', '2']);
    expect(parsed.unknown).toEqual([{ ...(id !== undefined && { id }), reason }]);
  });

  test('that shows about two hundred labels may have more, unless they were read apart', () => {
    const labels = { results: Array.from({ length: 196 }, (_, i) => ({ name: `l${i}` })) };
    expect(parseOne({ metadata: { labels } }).unknown).toHaveLength(1);
    const apart = new Map([['7', ['one', 'tree']]]);
    expect(parseOne({ metadata: { labels } }, { ...OPTIONS, labels: apart }).rows[0]?.labels).toEqual(['one', 'tree']);
  });

  test('B-046 W-13 is a row or set aside, whatever it is', () => {
    const field = fc.oneof(
      fc.anything(),
      fc.constant(searchRow('7')['version']),
      fc.constant(searchRow('7')['metadata']),
    );
    const odd = fc
      .dictionary(fc.constantFrom(...Object.keys(searchRow('7'))), field)
      .map((fields) => searchRow('7', fields));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.anything(), odd)), (results) => {
        const { rows, unknown } = parseContents(results, OPTIONS);
        return rows.length + unknown.filter(({ pageId }) => pageId === undefined).length === results.length;
      }),
      { numRuns: 1_000 },
    );
  });

  test('is read fast enough for a million', () => {
    const page = JSON.stringify(
      listing(
        Array.from({ length: 100 }, (_, i) =>
          searchRow(String(i), { children: { attachment: { results: [v1Attachment('att1')] } } }),
        ),
      ),
    );
    // Time of this process, not of the clock: other programs must not fail this test.
    const rounds = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      for (let i = 0; i < 20; i++) parseContents((JSON.parse(page) as { results: unknown[] }).results, OPTIONS);
      const { user, system } = process.cpuUsage(before);
      return 2_000 / ((user + system) / 1e6);
    });
    expect(Math.max(...rounds)).toBeGreaterThan(20_000);
  });
});

describe('The attachments of a row', () => {
  const inline = (results: readonly unknown[], rest: object = {}) => ({
    children: { attachment: { results, limit: 25, size: results.length, _links: {}, ...rest } },
  });
  const many = (count: number) => Array.from({ length: count }, (_, i) => v1Attachment(`att${i}`));

  test('are read with it', () => {
    expect(parseOne(inline([v1Attachment('att5')])).rows[0]?.attachments).toEqual([
      {
        id: 'att5',
        title: 'att5.pdf',
        mediaType: 'application/pdf',
        fileSize: 14_638,
        version: 2,
        updatedAt: '2026-02-17T09:08:30.000Z',
      },
    ]);
  });

  test('carry their download path on Data Center only', () => {
    const [row] = parseOne(inline([v1Attachment('att5')]), { ...OPTIONS, product: 'data-center' }).rows;
    expect(row?.attachments[0]?.downloadPath).toBe(
      '/download/attachments/7/att5.pdf?version=2&modificationDate=1&api=v2',
    );
  });

  test('are left out when they are switched off', () => {
    const [row] = parseOne(inline(many(25)), { ...OPTIONS, attachments: false }).rows;
    expect(row).toMatchObject({ attachments: [], hasMoreAttachments: false });
  });

  test.each([
    ['24 are all', inline(many(24)), false],
    ['25 may be cut', inline(many(25)), true],
    [
      'a next link says so',
      inline(many(3), { _links: { next: '/rest/api/content/7/child/attachment?start=3' } }),
      true,
    ],
    ['a size says so', inline(many(3), { size: 25 }), true],
    ['a lower limit was reached', inline(many(10), { limit: 10 }), true],
    ['none are all', inline([]), false],
    ['a missing list says nothing', { children: {} }, true],
    ['a missing list of a folder says there are none', { type: 'folder', children: {} }, false],
  ])('may be incomplete: %s', (_name, overrides, expected) => {
    expect(parseOne(overrides).rows[0]?.hasMoreAttachments).toBe(expected);
  });

  test('that cannot be read are set aside with their page, which stays', () => {
    const parsed = parseOne(inline([v1Attachment('att1'), { id: 'att2' }, null]));
    expect(parsed.rows[0]?.attachments.map(({ id }) => id)).toEqual(['att1']);
    expect(parsed.unknown).toEqual([
      { id: 'att2', pageId: '7', reason: 'attachment: title is no text' },
      { pageId: '7', reason: 'attachment: id is no id' },
    ]);
  });

  test('have the media type of the place that knows better, and the prefix of Cloud', () => {
    const odd = v1Attachment('5', {
      metadata: { mediaType: 'image/png' },
      extensions: { mediaType: 'application/octet-stream' },
    });
    expect(parseOne(inline([odd])).rows[0]?.attachments[0]).toMatchObject({ id: 'att5', mediaType: 'image/png' });
  });

  test('do without what is missing', () => {
    expect(parseOne(inline([{ id: 'att5', title: 'a.txt' }])).rows[0]?.attachments).toEqual([
      { id: 'att5', title: 'a.txt', version: 0 },
    ]);
  });
});

describe('A page with its body', () => {
  const withBody = (storage: unknown, overrides = {}) => searchRow('7', { body: { storage }, ...overrides });

  test('has it as it is stored', () => {
    expect(parsePageBody(withBody({ value: '<p>\u0002&nbsp;</p>' })).body).toBe('<p>\u0002&nbsp;</p>');
    expect(parsePageBody(withBody({ value: '' })).body).toBe('');
  });

  test('is never taken for empty because its body is missing', () => {
    expect(() => parsePageBody(withBody(undefined))).toThrow(RowShapeError);
    expect(() => parsePageBody(searchRow('7', { type: 'blogpost' }))).toThrow(RowShapeError);
  });

  test('has none if its type has none', () => {
    expect(parsePageBody(searchRow('7', { type: 'folder' })).body).toBe('');
  });
});
