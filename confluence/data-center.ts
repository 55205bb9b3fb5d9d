import { z } from 'zod';
import type { HttpClient } from '../http/client';
import { ResponseShapeError } from '../http/errors';
import { isHtml, loginPageError } from '../http/failed-answer';
import type { AttachmentRequest, AttachmentsRequest, ConfluenceApi, OpenAttachment, SearchRequest } from './api';
import { parseAttachments } from './attachment-row';
import { contentLength, parseEnvelope } from './envelope';

/**
 * The most that Data Center sends with expanded fields; with bodies it is 50. A higher limit is lowered in silence:
 * https://support.atlassian.com/confluence/kb/limits-for-rest-api-requests (assumed for lists of attachments, too).
 */
const LISTING_LIMIT = 200;
const SEARCH = '/rest/api/content/search';
const MANIFEST = '/rest/applinks/1.0/manifest';
const DOWNLOAD = '/download/attachments';

const manifest = z.object({ id: z.string().min(1) });

/**
 * Confluence Data Center.
 *
 * @param http for the base URL, context path included
 * @param contextPath of the base URL; empty, or `/confluence`
 */
export function createDataCenterApi(http: HttpClient, contextPath: string): ConfluenceApi {
  async function page(
    path: string,
    query: Query,
    { cursor, signal }: { cursor?: string | undefined; signal?: AbortSignal | undefined },
  ) {
    const start = cursor === undefined ? 0 : Number(cursor);
    const target = { path, query: { ...query, start } };
    const { body, exchange } = await http.request({
      method: 'GET',
      kind: 'confluence',
      ...target,
      responseType: 'json',
      signal,
    });
    const { results, next, fields } = parseEnvelope(body, exchange);
    if (typeof fields['start'] === 'number' && fields['start'] !== start) {
      throw new ResponseShapeError(['start is not the one that was asked for'], exchange);
    }
    // `next` itself is wrong when the limit was lowered: it counts the limit that was asked for and skips rows.
    const hasMore = next !== undefined && next !== null && results.length > 0;
    return { results, exchange, ...(hasMore && { next: String(start + results.length) }) };
  }

  return {
    listingLimit: LISTING_LIMIT,
    cursorFixesLimit: false,

    async search({ cql, expand, limit, cursor, signal }: SearchRequest) {
      const { results, ...rest } = await page(SEARCH, { cql, expand: expand.join(','), limit }, { cursor, signal });
      return { rows: results, ...rest };
    },

    async listAttachments({ pageId, cursor, signal }: AttachmentsRequest) {
      const path = `/rest/api/content/${encodeURIComponent(pageId)}/child/attachment`;
      const query = { expand: 'version,extensions,metadata', limit: LISTING_LIMIT };
      const { results, next } = await page(path, query, { cursor, signal });
      return { ...parseAttachments(results, pageId, 'data-center'), ...(next !== undefined && { next }) };
    },

    async readById(id, expand, signal) {
      const path = `/rest/api/content/${encodeURIComponent(id)}`;
      const query = { status: 'any', expand: expand.join(',') };
      const { body } = await http.request({
        method: 'GET',
        kind: 'confluence',
        path,
        query,
        responseType: 'json',
        signal,
      });
      return body;
    },

    async openAttachment({ pageId, attachmentId, downloadPath, signal }: AttachmentRequest): Promise<OpenAttachment> {
      // The path ends in the file's name, which is nobody's business in an error.
      const shownAs = `${contextPath}${DOWNLOAD}/${pageId}/(${attachmentId})`;
      if (downloadPath === undefined || !downloadPath.startsWith('/')) {
        throw new ResponseShapeError(['the listing has no download link for it'], { method: 'GET', path: shownAs });
      }
      const path = withoutContext(downloadPath);
      const { body, headers, exchange } = await http.request({
        method: 'GET',
        kind: 'download',
        path,
        shownAs,
        responseType: 'stream',
        signal,
      });
      // A file always comes with a disposition; a web page without one is not the file, but a login in its place.
      if (isHtml(headers) && headers['content-disposition'] === undefined) {
        body.destroy();
        throw loginPageError(exchange);
      }
      const length = contentLength(headers);
      return { stream: body, ...(length !== undefined && { length }) };
    },

    async instanceId(signal) {
      // Since 10.x XML unless JSON is asked for. Nobody needs to be logged in for it.
      const request = { method: 'GET', kind: 'confluence', path: MANIFEST, token: false } as const;
      const { body, exchange } = await http.request({ ...request, responseType: 'json', signal });
      const parsed = manifest.safeParse(body);
      if (parsed.success) return parsed.data.id;
      throw new ResponseShapeError(['id is missing'], exchange);
    },
  };

  /** Links exclude the context path on all versions seen; one that has it is taken as well. */
  function withoutContext(path: string): string {
    return contextPath !== '' && path.startsWith(`${contextPath}/`) ? path.slice(contextPath.length) : path;
  }
}

type Query = Readonly<Record<string, string | number>>;
