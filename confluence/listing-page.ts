import type { ConfluenceApi, SearchPage, SearchRequest } from './api';
import { isTooMuch } from './too-much';

/** What rows of a listing bring along. */
const HEAD = ['metadata.labels', 'version', 'space'];
const ATTACHMENTS = [
  'children.attachment',
  'children.attachment.version',
  'children.attachment.extensions',
  'children.attachment.metadata',
];
/** How often the number of rows is halved; more of it would only burden a server that is down. */
const HALVINGS = 2;

/**
 * One page of a listing with all that rows have to bring along. One that is too much for the gateway is asked for with
 * fewer rows, and at last without attachments; pages whose attachments are missing are then listed one by one.
 *
 * @throws {HttpError}
 */
export async function readListingPage(
  api: ConfluenceApi,
  request: Pick<SearchRequest, 'cql' | 'cursor' | 'signal'>,
  { attachments }: { readonly attachments: boolean },
): Promise<SearchPage> {
  const limits = limitsOf(api, request.cursor);
  for (const [turn, limit] of limits.entries()) {
    try {
      return await api.search({ ...request, limit, expand: attachments ? [...HEAD, ...ATTACHMENTS] : HEAD });
    } catch (error) {
      const isLast = turn === limits.length - 1;
      if (!isTooMuch(error) || (isLast && !attachments)) throw error;
    }
  }
  return api.search({ ...request, limit: limits.at(-1) ?? api.listingLimit, expand: HEAD });
}

function limitsOf(api: ConfluenceApi, cursor: string | undefined): readonly number[] {
  const halvings = cursor !== undefined && api.cursorFixesLimit ? 0 : HALVINGS;
  return Array.from({ length: halvings + 1 }, (_, halving) => Math.ceil(api.listingLimit / 2 ** halving));
}
