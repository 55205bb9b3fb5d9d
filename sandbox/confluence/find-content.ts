import type { Answer, Incoming } from '../server/exchange';
import type { Content } from '../site/content';
import type { ConfluenceContext } from './context';
import { noContent, otherStatus } from './refusals';

/** A content that a v1 route names, or the answer that says why it is not shown. */
export type FoundContent = { readonly content: Content } | { readonly refusal: Answer };

/** The content `{id}` of a v1 path: visible to the account, and of a status that the query asks for (`current` by default). */
export function findV1Content(request: Incoming, { site, flavor }: ConfluenceContext): FoundContent {
  const id = request.parameter('id');
  const content = site.findContent(id);
  if (!content || !site.isVisible(content)) return { refusal: noContent(flavor, id) };
  const statuses = request.query.getAll('status').flatMap((text) => text.split(','));
  const wanted = statuses.length === 0 ? ['current'] : statuses;
  if (wanted.includes('any') || wanted.includes(content.status)) return { content };
  return { refusal: otherStatus(flavor, id, content.status) };
}
