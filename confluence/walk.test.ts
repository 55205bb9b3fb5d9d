import { ListingLoopError, walkListing } from './walk';

interface Page {
  readonly rows: readonly { readonly id: string }[];
  readonly next?: string;
}

const rows = (...ids: readonly string[]) => ids.map((id) => ({ id }));

/** A listing by cursor; the first page is at `''`. */
async function walk(pages: Readonly<Record<string, Page>>, from?: string): Promise<string[]> {
  const ids: string[] = [];
  const fetchPage = async (cursor = '') => pages[cursor] ?? { rows: [] };
  for await (const page of walkListing(fetchPage, { maxEmptyPages: 2, from }))
    ids.push(...page.rows.map(({ id }) => id));
  return ids;
}

describe('A walk through a listing', () => {
  test('follows cursors to the end, past empty pages', async () => {
    expect(
      await walk({ '': { rows: rows('1'), next: 'a' }, a: { rows: [], next: 'b' }, b: { rows: rows('2') } }),
    ).toEqual(['1', '2']);
  });

  test('shows a row once', async () => {
    expect(await walk({ '': { rows: rows('1', '2', '1'), next: 'a' }, a: { rows: rows('2', '3') } })).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  test('goes on from a cursor', async () => {
    expect(await walk({ '': { rows: rows('1'), next: 'a' }, a: { rows: rows('2') } }, 'a')).toEqual(['2']);
  });

  test('ends with an error when a cursor comes back', async () => {
    const pages = {
      '': { rows: rows('1'), next: 'a' },
      a: { rows: rows('2'), next: 'b' },
      b: { rows: rows('3'), next: 'a' },
    };
    await expect(walk(pages)).rejects.toThrow('it repeats a cursor');
    await expect(walk({ a: { rows: rows('2'), next: 'a' } }, 'a')).rejects.toThrow(ListingLoopError);
  });

  test('ends with an error when pages show nothing new any more', async () => {
    const endless = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [String(i), { rows: rows('1'), next: String(i + 1) }]),
    );
    await expect(walk({ '': { rows: rows('1'), next: '0' }, ...endless })).rejects.toThrow('pages in a row');
  });

  test('hands on what was found before a page fails', async () => {
    const found: string[] = [];
    const fetchPage = async (cursor?: string): Promise<Page> => {
      if (cursor !== undefined) throw new Error('down');
      return { rows: rows('1'), next: 'a' };
    };
    const walked = async () => {
      for await (const page of walkListing(fetchPage, { maxEmptyPages: 2 }))
        found.push(...page.rows.map(({ id }) => id));
    };
    await expect(walked()).rejects.toThrow('down');
    expect(found).toEqual(['1']);
  });
});
