import { CqlError } from '../../cql/errors';
import { gatewayPage, json } from '../../server/answers';
import type { Answer, Incoming } from '../../server/exchange';
import { rotate } from '../content-search';
import { Expand } from '../expand';
import { baseLink } from '../links';
import { pageNumber } from '../page-numbers';
import { badCql, missingCql } from '../refusals';
import { isTooHeavy, searchRows } from '../search-rows';
import type { DataCenter } from './data-center';

const DEFAULT_LIMIT = 25;
const PATH = '/rest/api/content/search';

/**
 * `GET /rest/api/content/search` of Data Center: pages by `start` and `limit`.
 *
 * The server lowers `limit` silently, but computes `next` from the one that was asked for, so that following it skips rows.
 * The caps are in the vendor's knowledge base on REST limits (support.atlassian.com), the skipping was observed on live servers.
 */
export function dataCenterSearch(server: DataCenter, request: Incoming): Answer {
  const cql = request.query.get('cql') ?? '';
  if (cql === '') return missingCql('data-center');
  const start = pageNumber(request, 'start', 0, 'data-center');
  if ('refusal' in start) return start.refusal;
  const asked = pageNumber(request, 'limit', DEFAULT_LIMIT, 'data-center');
  if ('refusal' in asked) return asked.refusal;
  const expand = new Expand(request.query.get('expand') ?? '');
  try {
    return answer(server, { cql, expand, start: start.value, asked: asked.value || DEFAULT_LIMIT });
  } catch (error) {
    if (error instanceof CqlError) return badCql('data-center', error.message);
    throw error;
  }
}

interface PageRequest {
  readonly cql: string;
  readonly expand: Expand;
  readonly start: number;
  readonly asked: number;
}

function answer(server: DataCenter, { cql, expand, start, asked }: PageRequest): Answer {
  const { switches } = server;
  const documents = rotate(server.search.find(cql), server.search.nextRotation());
  const limit = switches.dcLimitCaps ? Math.min(asked, cap(expand)) : asked;
  const repeated = switches.repeatRowsAcrossPages && start > 0 && limit > 1 ? 1 : 0;
  const rows = documents.slice(start - repeated, start - repeated + limit);
  if (isTooHeavy(rows, expand, server)) return gatewayPage(504, 'Gateway Time-out');
  const results = searchRows(rows, expand, server, { cql, isFirst: start === 0 });
  const base = baseLink(server);
  const query = `cql=${encodeURIComponent(cql)}`;
  const carried = expand.isEmpty || switches.nextDropsExpand ? '' : `expand=${encodeURIComponent(expand.text)}&`;
  const hasMore = start - repeated + rows.length < documents.length;
  const next = hasMore ? { next: `${PATH}?${carried}limit=${asked}&start=${start + asked - repeated}&${query}` } : {};
  const _links = { self: `${base}${PATH}?${query}`, base, context: server.contextPath, ...next };
  return json(200, { results, start, limit, size: results.length, totalSize: documents.length, _links });
}

function cap(expand: Expand): number {
  if (expand.isEmpty) return 1000;
  return expand.has('body') ? 50 : 200;
}
