import type { SearchDocument } from '../site/content';
import { type ConfluenceContext, bodyOf, freshest, hasBody } from './context';
import type { Expand } from './expand';
import { renderContent } from './render-content';
import type { RowTraps } from './render-content';

/** Searches by id name what they want; only listings meet content types that nobody expects. */
const LISTING = /\b(?:label|ancestor|space)\b/i;

/** Rows of one page of a search, with the deviations that switches ask for. */
export function searchRows(
  documents: readonly SearchDocument[],
  expand: Expand,
  context: ConfluenceContext,
  page: { readonly cql: string; readonly isFirst: boolean },
): readonly object[] {
  const { switches, site } = context;
  const limit = switches.labelTruncation;
  const rows = documents.map((document, number) => {
    const traps: RowTraps = {
      ...(limit > 0 ? { labelLimit: limit } : {}),
      withoutLabels: switches.rowWithoutLabels && number === 0,
    };
    return renderContent(freshest(site, document), expand, context, traps);
  });
  const [first] = documents;
  if (!first || !switches.unknownTypeRow || !page.isFirst || !LISTING.test(page.cql)) return rows;
  const stranger = { ...freshest(site, first), id: '900000001', type: 'ac:com.example.boards:board', title: 'Board' };
  return [renderContent(stranger, expand, context), ...rows];
}

/** Whether the gateway gives up on a page because it holds too many bodies. */
export function isTooHeavy(
  documents: readonly SearchDocument[],
  expand: Expand,
  { switches, site }: ConfluenceContext,
): boolean {
  const limit = switches.bodyGatewayErrorAbove;
  if (limit <= 0 || documents.length <= limit || !expand.has('body')) return false;
  const withBody = documents.filter((document) => {
    const content = site.findContent(document.id);
    return content && hasBody(content) && bodyOf(content) !== '';
  });
  return withBody.length > limit;
}
