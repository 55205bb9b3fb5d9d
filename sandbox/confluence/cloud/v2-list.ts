import { json } from '../../server/answers';
import type { Answer, Incoming } from '../../server/exchange';
import { baseLink } from '../links';
import type { Cloud } from './cloud';

const MOST_ROWS = 250;
const PATH_PREFIX = '/wiki/api/v2';

interface Identified {
  readonly id: string | number;
}

/**
 * One page of a v2 listing: `limit` from 1 to 250, `cursor` from `_links.next` alone.
 *
 * `next` contains `/wiki`, unlike v1's, and stands in the `Link` header, too. Observed on live sites.
 *
 * @param path within `/wiki/api/v2`
 */
export function v2List<Row extends Identified>(
  cloud: Cloud,
  request: Incoming,
  listing: { readonly path: string; readonly rows: readonly Row[]; readonly defaultLimit: number },
  render: (row: Row) => object,
): Answer {
  const limit = Number(request.query.get('limit') ?? listing.defaultLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) {
    return invalid(`Provided value {${request.query.get('limit')}} for 'limit' is not within 1 and ${MOST_ROWS}`);
  }
  const start = startAfter(request.query.get('cursor'), listing.rows);
  if (start === undefined) {
    return invalid("Provided value for 'cursor' is not the correct type. Expected type is Cursor.");
  }
  const rows = listing.rows.slice(start, start + limit);
  const base = baseLink(cloud);
  const results = rows.map(render);
  const last = rows.at(-1);
  if (!last || start + rows.length >= listing.rows.length) return json(200, { results, _links: { base } });
  const query = new URLSearchParams(request.query);
  query.set('limit', String(limit));
  query.set('cursor', Buffer.from(JSON.stringify({ id: String(last.id) })).toString('base64'));
  const next = `${PATH_PREFIX}${listing.path}?${query.toString()}`;
  const link = `<${next}>; rel="next", <${base}>; rel="base"`;
  return json(200, { results, _links: { next, base } }, { link });
}

/** The 404 of v2 that names what was not found; the one without a name means that the credential was refused. */
export function v2NotFound(title: string): Answer {
  return json(404, { errors: [{ status: 404, code: 'NOT_FOUND', title, detail: null }] });
}

/** The 400 of v2. */
export function invalid(title: string): Answer {
  return json(400, { errors: [{ status: 400, code: 'INVALID_REQUEST_PARAMETER', title, detail: null }] });
}

function startAfter(cursor: string | null, rows: readonly Identified[]): number | undefined {
  if (cursor === null) return 0;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
    if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
    const found = rows.findIndex(({ id }) => String(id) === value.id);
    // The row was deleted meanwhile; ids rise, so the next higher one follows.
    if (found < 0) return rows.filter(({ id }) => numeric(id) < numeric(String(value.id))).length;
    return found + 1;
  } catch {
    return undefined;
  }
}

function numeric(id: string | number): number {
  return Number(String(id).replace(/^att/, ''));
}
