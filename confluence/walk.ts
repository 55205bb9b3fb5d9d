/** Thrown when a listing does not end: what it showed so far is no proof of anything. */
export class ListingLoopError extends Error {
  override readonly name = 'ListingLoopError';

  constructor(what: string) {
    super(`Confluence's listing does not end: ${what}. What it showed is not complete; try again later.`);
  }
}

/**
 * Ids kept to tell a row that comes a second time. Rows move between neighbouring pages while data changes, so a window
 * is enough, and memory does not grow with the listing.
 */
const REMEMBERED_IDS = 50_000;

/**
 * Walks a listing to its end, page by page. Rows whose id was seen shortly before in this walk are left out. A page
 * without new rows is not the end; a repeated cursor, or a run of such pages, is an error.
 *
 * @param fetchPage gets the page at a cursor; `undefined` is the first
 * @param options.maxEmptyPages how many pages without a new row may follow each other
 * @param options.from goes on from a cursor of an earlier walk
 * @throws {ListingLoopError}
 */
export async function* walkListing<
  Page extends { readonly rows: readonly { readonly id: string }[]; readonly next?: string },
>(
  fetchPage: (cursor: string | undefined) => Promise<Page>,
  { maxEmptyPages, from }: { readonly maxEmptyPages: number; readonly from?: string | undefined },
): AsyncGenerator<Page, void, undefined> {
  const cursors = new Set<string>();
  const ids = new Set<string>();
  let emptyPages = 0;
  let cursor = from;
  for (;;) {
    if (cursor !== undefined) {
      if (cursors.has(cursor)) throw new ListingLoopError('it repeats a cursor');
      cursors.add(cursor);
    }
    const page = await fetchPage(cursor);
    const rows = page.rows.filter(({ id }) => remember(ids, id));
    yield { ...page, rows };
    if (page.next === undefined) return;
    emptyPages = rows.length === 0 ? emptyPages + 1 : 0;
    if (emptyPages > maxEmptyPages) throw new ListingLoopError(`${emptyPages} pages in a row show nothing new`);
    cursor = page.next;
  }
}

function remember(ids: Set<string>, id: string): boolean {
  if (ids.has(id)) return false;
  ids.add(id);
  // A set keeps the order of insertion: the first is the oldest.
  const [oldest] = ids;
  if (ids.size > REMEMBERED_IDS && oldest !== undefined) ids.delete(oldest);
  return true;
}
