import { RequestRefusedError, ResponseShapeError } from '../http/errors';
import type { ConfluenceApi } from './api';
import { type InstanceType, mayHaveMore, parseAttachments } from './attachment-row';
import type { AttachmentRow } from './content';
import { pagesQuery } from './find-pages-query';
import { fieldsAt, idAt, RowShapeError, textAt, toFields } from './row-fields';
import { ListingLoopError, walkListing } from './walk';

/** A page as other pages name it. */
export interface PageReference {
  readonly spaceKey: string;
  /** Not blank: an empty title is refused by the server. */
  readonly title: string;
}

/** A page that was looked up by its title. */
export interface FoundPage {
  readonly id: string;
  readonly title: string;
  readonly spaceKey: string;
  /** The first 25 at most. */
  readonly attachments: readonly AttachmentRow[];
  /** There are, or may be, more than `attachments` shows. */
  readonly hasMoreAttachments: boolean;
}

/** Pages a search; with the next bound it keeps URLs far below what servers and proxies take (8 KiB). */
const MAX_REFERENCES = 20;
/** Bound of a query as it stands in the URL; characters. A single reference may be longer: a title has 255 characters. */
const MAX_ENCODED_LENGTH = 4_000;
/** Servers may send fewer rows than there are, but not none at all for ever. */
const MAX_EMPTY_PAGES = 5;
const EXPAND = [
  'space',
  'children.attachment',
  'children.attachment.version',
  'children.attachment.extensions',
  'children.attachment.metadata',
];

/**
 * Looks pages up by space and title, many in one search; needs no other permission than searching. Matches as the
 * search does: without regard to case. A page that is not found, or not visible, is not in the result.
 *
 * A query that the server refuses is asked again reference by reference, so that one strange title spoils no other.
 *
 * @throws {HttpError}
 * @see https://developer.atlassian.com/cloud/confluence/cql-fields/ (`space`, `title`)
 */
export async function findPages(
  api: ConfluenceApi,
  product: InstanceType,
  references: readonly PageReference[],
  signal?: AbortSignal,
): Promise<readonly FoundPage[]> {
  const found: FoundPage[] = [];
  for (const part of parts(references)) {
    try {
      found.push(...(await search(api, product, part, signal)));
    } catch (error) {
      if (!(error instanceof RequestRefusedError)) throw error;
      if (part.length > 1) for (const one of part) found.push(...(await findPages(api, product, [one], signal)));
    }
  }
  return found;
}

function parts(references: readonly PageReference[]): readonly (readonly PageReference[])[] {
  const all: PageReference[][] = [];
  for (const reference of references) {
    const last = all.at(-1);
    const grown = [...(last ?? []), reference];
    const fits = grown.length <= MAX_REFERENCES && encodeURIComponent(pagesQuery(grown)).length <= MAX_ENCODED_LENGTH;
    if (last !== undefined && fits) last.push(reference);
    else all.push([reference]);
  }
  return all;
}

async function search(
  api: ConfluenceApi,
  product: InstanceType,
  references: readonly PageReference[],
  signal: AbortSignal | undefined,
): Promise<readonly FoundPage[]> {
  const request = { cql: pagesQuery(references), expand: EXPAND, limit: api.listingLimit, signal };
  let exchange = { method: 'GET', path: 'search' };
  async function fetchPage(cursor: string | undefined) {
    const { rows, next, ...page } = await api.search({ ...request, cursor });
    exchange = page.exchange;
    return { rows: rows.flatMap((row) => parseFound(row, product)), ...(next !== undefined && { next }) };
  }
  const found: FoundPage[] = [];
  try {
    for await (const { rows } of walkListing(fetchPage, { maxEmptyPages: MAX_EMPTY_PAGES })) found.push(...rows);
  } catch (error) {
    if (error instanceof ListingLoopError)
      throw new ResponseShapeError(['_links.next leads round in circles'], exchange);
    throw error;
  }
  return found;
}

/** A row that cannot be read is a page that was not found. */
function parseFound(row: unknown, product: InstanceType): readonly FoundPage[] {
  const fields = toFields(row);
  const inline = fieldsAt(fields, 'children')['attachment'];
  const { results } = toFields(inline);
  try {
    const id = idAt(fields, 'id');
    const { rows } = parseAttachments(Array.isArray(results) ? results : [], id, product);
    return [
      {
        id,
        title: textAt(fields, 'title'),
        spaceKey: textAt(fieldsAt(fields, 'space'), 'key', 'space.key'),
        attachments: rows,
        hasMoreAttachments: !Array.isArray(results) || mayHaveMore(inline, results.length),
      },
    ];
  } catch (error) {
    if (error instanceof RowShapeError) return [];
    throw error;
  }
}
