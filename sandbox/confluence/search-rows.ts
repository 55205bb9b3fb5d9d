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
      ...(limit > 0 && documents.length > 1 ? { labelLimit: limit } : {}),
      withoutLabels: switches.rowWithoutLabels && number === 0,
    };
    const row = renderContent(freshest(site, document), expand, context, traps);
    return switches.containersWithoutVersion && !hasBody(document) ? { ...row, version: undefined } : row;
  });
  const [first] = documents;
  if (!first || !switches.unknownTypeRow || !page.isFirst || !LISTING.test(page.cql)) return rows;
  const stranger = { ...freshest(site, first), id: '900000001', type: 'ac:com.example.boards:board', title: 'Board' };
  return [renderContent(stranger, expand, context), ...rows];
}

/** Whether the gateway gives up on a page because it holds too many bodies or attachments, or one body that cannot be had. */
export function isTooHeavy(
  documents: readonly SearchDocument[],
  expand: Expand,
  { switches, site }: ConfluenceContext,
): boolean {
  if (expand.has('body') && documents.some(({ id }) => switches.bodyFailsFor.includes(id))) return true;
  const mostWithAttachments = switches.attachmentsGatewayErrorAbove;
  if (mostWithAttachments > 0 && documents.length > mostWithAttachments && expand.has('children.attachment'))
    return true;
  const limit = switches.bodyGatewayErrorAbove;
  if (limit <= 0 || documents.length <= limit || !expand.has('body')) return false;
  const withBody = documents.filter((document) => {
    const content = site.findContent(document.id);
    return content && hasBody(content) && bodyOf(content) !== '';
  });
  return withBody.length > limit;
}
