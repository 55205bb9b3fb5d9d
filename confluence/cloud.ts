import type { HttpClient } from '../http/client';
import { type Exchange, ResponseShapeError, UnauthorizedError } from '../http/errors';
import type { AttachmentRequest, AttachmentsRequest, ConfluenceApi, OpenAttachment, SearchRequest } from './api';
import { parseAttachments } from './attachment-row';
import { contentLength, parseEnvelope } from './envelope';
import { isLogin } from './login';
import { resolveNext, StrayNextLinkError } from './next-link';

/** Larger pages are allowed (observed on live sites), but with attachments expanded they end in the gateway's time-out. */
const LISTING_LIMIT = 100;
/** The most that v2 allows: https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-attachment/ */
const ATTACHMENTS_LIMIT = 250;
const SEARCH = '/wiki/rest/api/content/search';
const MEDIA_HOST = '(media host)';

type Query = Readonly<Record<string, string | number>>;

/** Which site, and how it is reached. */
export interface CloudApiOptions {
  readonly cloudId: string;
  /** The gateway is not asked over TLS, as in tests: then the media host need not be, either. */
  readonly isPlainHttp: boolean;
}

/**
 * Confluence Cloud through the gateway.
 *
 * @param http for `{apiUrl}/ex/confluence/{cloudId}`
 */
export function createCloudApi(http: HttpClient, { cloudId, isPlainHttp }: CloudApiOptions): ConfluenceApi {
  /** One page of a listing, which goes on only where `next` leads. */
  async function page(
    path: string,
    query: Query,
    { cursor, signal }: { cursor?: string | undefined; signal?: AbortSignal | undefined },
  ) {
    const target = cursor === undefined ? { path, query } : { path: cursor };
    const { body, exchange } = await http.request({
      method: 'GET',
      kind: 'confluence',
      ...target,
      responseType: 'json',
      signal,
    });
    const { results, next } = parseEnvelope(body, exchange);
    return { results, exchange, next: followNext(next, path, exchange) };
  }

  return {
    listingLimit: LISTING_LIMIT,
    cursorFixesLimit: true,

    async search({ cql, expand, limit, cursor, signal }: SearchRequest) {
      const expanded = expand.join(',');
      const from = cursor === undefined ? undefined : withExpand(cursor, expanded);
      const { results, next, exchange } = await page(
        SEARCH,
        { cql, expand: expanded, limit },
        { cursor: from, signal },
      );
      return { rows: results, exchange, ...(next !== undefined && { next }) };
    },

    async listAttachments({ pageId, pageType, cursor, signal }: AttachmentsRequest) {
      // The path of the wrong type answers 404.
      const path = `/wiki/api/v2/${pageType === 'blogpost' ? 'blogposts' : 'pages'}/${encodeURIComponent(pageId)}/attachments`;
      // Without a status, v2 lists archived ones, too.
      const { results, next } = await page(path, { limit: ATTACHMENTS_LIMIT, status: 'current' }, { cursor, signal });
      return { ...parseAttachments(results, pageId, 'cloud'), ...(next !== undefined && { next }) };
    },

    async openAttachment({ pageId, attachmentId, signal }: AttachmentRequest): Promise<OpenAttachment> {
      // Built from the ids: the listed link was an older one on many sites, which refuses tokens.
      const path = `/wiki/rest/api/content/${encodeURIComponent(pageId)}/child/attachment/${encodeURIComponent(attachmentId)}/download`;
      const asked = await http.request({ method: 'GET', kind: 'download', path, responseType: 'redirect', signal });
      const url = mediaUrl(asked.body, asked.exchange);
      // The address is signed; our credential has no business at that host.
      const media = { method: 'GET', kind: 'redirect', url, shownAs: MEDIA_HOST, token: false } as const;
      const { body, headers } = await http.request({ ...media, responseType: 'stream', signal });
      const length = contentLength(headers);
      return { stream: body, ...(length !== undefined && { length }) };
    },

    async instanceId() {
      return cloudId;
    },
  };

  function mediaUrl(location: string, exchange: Exchange): string {
    const url = URL.canParse(location) ? new URL(location) : undefined;
    if (url === undefined || isLogin(url)) {
      const what =
        'the download leads to a login. Check the credential and its scope readonly:content.attachment:confluence.';
      throw new UnauthorizedError(what, exchange);
    }
    // The signature in the URL must not cross the network in the clear.
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPlainHttp)) {
      throw new ResponseShapeError(['the download does not lead to https'], exchange);
    }
    return url.href;
  }
}

function followNext(next: unknown, path: string, exchange: Exchange): string | undefined {
  try {
    return resolveNext(next, path);
  } catch (error) {
    if (error instanceof StrayNextLinkError) throw new ResponseShapeError(['_links.next leads elsewhere'], exchange);
    throw error;
  }
}

/** Some versions leave `expand` out of the link; without it the rows of all further pages would be bare. */
function withExpand(next: string, expand: string): string {
  const [path = '', query = ''] = next.split(/\?(.*)/s);
  const kept = query.split('&').filter((part) => !part.startsWith('expand='));
  return `${path}?${[...kept, `expand=${encodeURIComponent(expand)}`].join('&')}`;
}
