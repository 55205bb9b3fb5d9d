import { json } from '../server/answers';
import type { Answer, Incoming } from '../server/exchange';
import type { ConfluenceContext } from './context';
import { Expand } from './expand';
import { findV1Content } from './find-content';
import { baseLink } from './links';
import { noContent, noSpace } from './refusals';
import { pageNumber } from './page-numbers';
import { renderContent } from './render-content';
import { renderSpace } from './render-parts';

const DEFAULT_EXPANSION = 'history,space,version';
const DEFAULT_ROWS = 25;
const DEFAULT_ATTACHMENTS = 50;

/** `GET /rest/api/content/{id}`. */
export function v1Content(context: ConfluenceContext, request: Incoming): Answer {
  const expand = new Expand(request.query.get('expand') ?? DEFAULT_EXPANSION);
  const attachment = context.site.findAttachment(request.parameter('id'));
  if (attachment) {
    if (attachment.status !== 'current' || !context.site.isVisible(attachment)) {
      return noContent(context.flavor, attachment.id);
    }
    return json(200, single(renderContent(attachment, expand, context), context));
  }
  const found = findV1Content(request, context);
  return 'refusal' in found ? found.refusal : json(200, single(renderContent(found.content, expand, context), context));
}

/** `GET /rest/api/content?spaceKey=&title=&type=`. */
export function v1ContentList(context: ConfluenceContext, request: Incoming): Answer {
  const { site, flavor } = context;
  const { query } = request;
  const spaceKey = query.get('spaceKey');
  const space = spaceKey === null ? undefined : site.findSpace(spaceKey);
  if (spaceKey !== null && (!space || space.hidden)) return noSpace(flavor, spaceKey);
  const type = query.get('type') ?? 'page';
  const title = query.get('title');
  const found = [...site.contents()].filter(
    (content) =>
      content.type === type &&
      content.status === 'current' &&
      (space === undefined || content.spaceKey === space.key) &&
      (title === null || content.title === title) &&
      site.isVisible(content),
  );
  const expand = new Expand(query.get('expand') ?? '');
  return list(context, request, found, DEFAULT_ROWS, (content) => renderContent(content, expand, context));
}

/** `GET /rest/api/content/{id}/child/attachment`. */
export function v1Attachments(context: ConfluenceContext, request: Incoming): Answer {
  const found = findV1Content(request, context);
  if ('refusal' in found) return found.refusal;
  const { query } = request;
  const [filename, mediaType] = [query.get('filename'), query.get('mediaType')];
  const attachments = context.site
    .attachmentsOf(found.content.id)
    .filter(
      (attachment) =>
        (filename === null || attachment.title === filename) &&
        (mediaType === null || attachment.mediaType === mediaType),
    );
  const expand = new Expand(query.get('expand') ?? '');
  return list(context, request, attachments, DEFAULT_ATTACHMENTS, (row) => renderContent(row, expand, context));
}

/** `GET /rest/api/space`. */
export function v1Spaces(context: ConfluenceContext, request: Incoming): Answer {
  const { query } = request;
  const keys = query.getAll('spaceKey').map((key) => key.toLowerCase());
  const [type, status] = [query.get('type'), query.get('status')];
  const spaces = [...context.site.spaces()].filter(
    (space) =>
      !space.hidden &&
      (keys.length === 0 || keys.includes(space.key.toLowerCase())) &&
      (type === null || space.type === type) &&
      (status === null || space.status === status),
  );
  return list(context, request, spaces, DEFAULT_ROWS, (space) => renderSpace(space, context));
}

/** One page of a v1 listing by `start` and `limit`. */
function list<Row>(
  context: ConfluenceContext,
  request: Incoming,
  all: readonly Row[],
  defaultLimit: number,
  render: (row: Row) => object,
): Answer {
  const start = pageNumber(request, 'start', 0, context.flavor);
  if ('refusal' in start) return start.refusal;
  const asked = pageNumber(request, 'limit', defaultLimit, context.flavor);
  if ('refusal' in asked) return asked.refusal;
  const limit = Math.min(asked.value || defaultLimit, 1000);
  const results = all.slice(start.value, start.value + limit).map(render);
  const end = start.value + results.length;
  const base = baseLink(context);
  const path = pathInApplication(request.path);
  const next = end < all.length ? { next: `${path}?${nextQuery(request, limit, end)}` } : {};
  const _links = { self: `${base}${path}`, base, context: context.contextPath, ...next };
  return json(200, { results, start: start.value, limit, size: results.length, _links });
}

function nextQuery({ query }: Incoming, limit: number, start: number): string {
  const carried = new URLSearchParams(query);
  carried.set('limit', String(limit));
  carried.set('start', String(start));
  return carried.toString();
}

function pathInApplication(path: string): string {
  return path.slice(Math.max(0, path.indexOf('/rest/api/')));
}

function single(row: object, context: ConfluenceContext): object {
  const links = '_links' in row && typeof row._links === 'object' ? row._links : {};
  return { ...row, _links: { ...links, base: baseLink(context), context: context.contextPath } };
}
