import { CqlError } from '../../cql/errors';
import { gatewayPage, json } from '../../server/answers';
import type { Answer, Incoming } from '../../server/exchange';
import type { SearchDocument } from '../../site/content';
import { rotate } from '../content-search';
import { Expand } from '../expand';
import { baseLink } from '../links';
import { pageNumber } from '../page-numbers';
import { badCql, missingCql, v1Error } from '../refusals';
import { isTooHeavy, searchRows } from '../search-rows';
import type { Cloud } from './cloud';
import { type Cursor, decodeCursor, encodeCursor } from './cursor';

const DEFAULT_LIMIT = 25;
const RENDERED_BODY_LIMIT = 25;
const SHORT_BY = 2;
const PATH = '/rest/api/content/search';
const BEGINNING: Cursor = { position: 0, lastId: '', rotation: 0, emptied: false };

/**
 * `GET /rest/api/content/search` of Cloud: pages are reached by `_links.next` alone, `start` means nothing, and neither
 * a short nor an empty page is the end.
 */
export function cloudSearch(cloud: Cloud, request: Incoming): Answer {
  const cql = request.query.get('cql') ?? '';
  if (cql === '') return missingCql('cloud');
  const asked = pageNumber(request, 'limit', DEFAULT_LIMIT, 'cloud');
  if ('refusal' in asked) return asked.refusal;
  const expand = new Expand(request.query.get('expand') ?? '');
  const rendered = expand.has('body.export_view') || expand.has('body.styled_view');
  const limit = Math.min(asked.value || DEFAULT_LIMIT, rendered ? RENDERED_BODY_LIMIT : Infinity);
  const cursorText = request.query.get('cursor');
  const cursor = cursorText === null ? beginning(cloud) : decodeCursor(cursorText, cql);
  if (!cursor) return invalidCursor();
  try {
    return answer(cloud, { cql, limit, expand, cursor });
  } catch (error) {
    if (error instanceof CqlError) return badCql('cloud', error.message);
    throw error;
  }
}

interface PageRequest {
  readonly cql: string;
  readonly limit: number;
  readonly expand: Expand;
  readonly cursor: Cursor;
}

function answer(cloud: Cloud, page: PageRequest): Answer {
  const { cql, limit, expand, cursor } = page;
  const { switches } = cloud;
  const documents = rotate(cloud.search.find(cql), cursor.rotation);
  const start = resume(documents, cursor);
  if (switches.emptyPageWithNext && start > 0 && start < documents.length && !cursor.emptied) {
    return render(cloud, page, [], { ...cursor, emptied: true });
  }
  const size = switches.shortPages ? Math.max(1, limit - SHORT_BY) : limit;
  const repeated = switches.repeatRowsAcrossPages && start > 0 && size > 1 ? 1 : 0;
  const end = start - repeated + size;
  const rows = documents.slice(start - repeated, end);
  if (isTooHeavy(rows, expand, cloud)) return gatewayPage(504, 'Gateway Time-out');
  if (end >= documents.length && !switches.repeatCursor) return render(cloud, page, rows, undefined);
  const next = { ...cursor, position: end, lastId: rows.at(-1)?.id ?? '', emptied: false };
  return render(cloud, page, rows, switches.repeatCursor ? cursor : next);
}

function render(cloud: Cloud, page: PageRequest, rows: readonly SearchDocument[], next: Cursor | undefined): Answer {
  const { cql, limit, expand, cursor } = page;
  const results = searchRows(rows, expand, cloud, { cql, isFirst: cursor.position === 0 });
  const base = baseLink(cloud);
  const link = next ? { next: nextLink(cloud, page, next) } : {};
  const _links = { base, context: cloud.contextPath, ...link, self: `${base}${PATH}?cql=${encodeURIComponent(cql)}` };
  return json(200, { results, start: cursor.position, limit, size: results.length, _links });
}

function nextLink(cloud: Cloud, { cql, limit, expand }: PageRequest, next: Cursor): string {
  const { switches, contextPath } = cloud;
  const before = { relative: '', 'with-context': contextPath, absolute: baseLink(cloud) }[switches.nextLink];
  const carried = expand.isEmpty || switches.nextDropsExpand ? '' : `&expand=${encodeURIComponent(expand.text)}`;
  const cursor = encodeURIComponent(encodeCursor(next, cql));
  const place = `&limit=${limit}&start=${next.position}&cql=${encodeURIComponent(cql)}`;
  return `${before}${PATH}?next=true&cursor=${cursor}${carried}${place}`;
}

function beginning(cloud: Cloud): Cursor {
  return { ...BEGINNING, rotation: cloud.search.nextRotation() };
}

/** A cursor is no snapshot: the place after the last row is looked for, and guessed when that row is gone. */
function resume(documents: readonly SearchDocument[], { position, lastId }: Cursor): number {
  if (position === 0 || documents[position - 1]?.id === lastId) return position;
  const found = documents.findIndex(({ id }) => id === lastId);
  return found >= 0 ? found + 1 : Math.max(0, position - 1);
}

function invalidCursor(): Answer {
  const cause = 'There was an illegal request passed to XP-Search Aggregator API : HTTP/1.1 400 Bad Request';
  const message = `com.atlassian.confluence.api.service.exceptions.SSStatusCodeException: CQL was parsed but the search manager was unable to execute the search. Error message: com.atlassian.confluence.api.service.exceptions.BadRequestException: ${cause}`;
  return v1Error('cloud', 400, message);
}
