import { gatewayPage, html, json, tomcatPage } from '../../server/answers';
import type { Answer, Handler, Incoming, Route } from '../../server/exchange';
import { identifyRead } from '../identify-read';
import { goneEndpoint, nullForUri } from '../refusals';
import { cloudTokenEndpoint } from '../token-endpoint';
import { v1Attachments, v1Content, v1ContentList, v1Spaces } from '../v1-content';
import type { Cloud } from './cloud';
import { cloudDownload, mediaFile } from './download';
import { type Api, gated } from './gate';
import { cloudSearch } from './search';
import { v2Attachment, v2Attachments } from './v2-attachments';
import { v2Content, v2Contents, v2Spaces } from './v2-content';

const GATEWAY = '/ex/confluence/:cloudId';
const SUMMARY_SCOPES = ['read:confluence-content.summary', 'read:confluence-content.all'];
const SPACE_SCOPES = ['read:confluence-space.summary'];
const SEARCH_SCOPES = ['search:confluence', 'read:content-details:confluence'];
const DOWNLOAD_SCOPES = ['readonly:content.attachment:confluence', 'read:attachment:confluence'];
const ATTACHMENT_SCOPES = ['read:attachment:confluence'];
const PAGE_SCOPES = ['read:page:confluence'];
const V2_SPACE_SCOPES = ['read:space:confluence'];

type CloudHandler = (cloud: Cloud, request: Incoming) => Answer;

/** Everything that the emulated gateway and site of Cloud serve. */
export function cloudRoutes(cloud: Cloud): readonly Route[] {
  const token = cloudTokenEndpoint(cloud.tokens, cloud.credentials, () => cloud.switches.scopes);
  return [
    { method: 'POST', path: '/oauth/token', name: 'confluence.token', handler: token },
    { method: 'GET', path: '/_edge/tenant_info', name: 'confluence.tenantInfo', handler: () => tenantInfo(cloud) },
    ...v1(cloud, '/content/search', 'confluence.search', SEARCH_SCOPES, cloudSearch),
    ...v1(cloud, DOWNLOAD_PATH, 'confluence.download', DOWNLOAD_SCOPES, cloudDownload),
    ...removed(cloud, '/content/:id', 'confluence.content', SUMMARY_SCOPES, v1Content),
    ...removed(cloud, '/content/:id/child/attachment', 'confluence.attachments', SUMMARY_SCOPES, v1Attachments),
    ...removed(cloud, '/content', 'confluence.contents', SUMMARY_SCOPES, v1ContentList),
    ...removed(cloud, '/space', 'confluence.spaces', SPACE_SCOPES, v1Spaces),
    ...v2(cloud, '/pages/:id/attachments', 'confluence.attachments', ATTACHMENT_SCOPES, ofPages(v2Attachments)),
    ...v2(cloud, '/blogposts/:id/attachments', 'confluence.attachments', ATTACHMENT_SCOPES, ofPosts(v2Attachments)),
    ...v2(cloud, '/attachments/:id', 'confluence.attachment', ATTACHMENT_SCOPES, v2Attachment),
    ...v2(cloud, '/pages', 'confluence.contents', PAGE_SCOPES, ofPages(v2Contents)),
    ...v2(cloud, '/pages/:id', 'confluence.content', PAGE_SCOPES, ofPages(v2Content)),
    ...v2(cloud, '/blogposts', 'confluence.contents', PAGE_SCOPES, ofPosts(v2Contents)),
    ...v2(cloud, '/blogposts/:id', 'confluence.content', PAGE_SCOPES, ofPosts(v2Content)),
    ...v2(cloud, '/spaces', 'confluence.spaces', V2_SPACE_SCOPES, v2Spaces),
    ...legacyDownloads(cloud),
  ];
}

const DOWNLOAD_PATH = '/content/:id/child/attachment/:attachmentId/download';

/** Paths that Cloud does not know, and the site's own address, where scoped tokens are not accepted. */
export function cloudFallback(cloud: Cloud): Handler {
  return (request) => {
    if (/^\/wiki\/(?:rest|api)\//.test(request.path)) return tomcatPage(401, 'Unauthorized');
    const gateway = new RegExp(`^${GATEWAY.replace(':cloudId', cloud.credentials.cloudId)}(?:/wiki)?/`);
    if (!gateway.test(request.path)) return tomcatPage(404, 'Not Found');
    return request.path.includes('/rest/api/content/') ? tomcatPage(404, 'Not Found') : nullForUri(request.path);
  };
}

/** The media host, which is another origin. */
export function mediaRoutes(cloud: Cloud): readonly Route[] {
  const handler: Handler = (request) => mediaFile(cloud, request);
  return [{ method: 'GET', path: '/file/:fileId/binary', name: 'media.download', handler }];
}

function tenantInfo(cloud: Cloud): Answer {
  return json(200, { cloudId: cloud.credentials.cloudId });
}

function v1(cloud: Cloud, path: string, name: string, scopes: readonly string[], handler: CloudHandler) {
  return onBothPrefixes(cloud, 'v1', `/rest/api${path}`, name, scopes, handler);
}

function v2(cloud: Cloud, path: string, name: string, scopes: readonly string[], handler: CloudHandler) {
  return onBothPrefixes(cloud, 'v2', `/api/v2${path}`, name, scopes, handler);
}

/** Endpoints that are switched off site by site: deprecated on some, 410 on others. */
function removed(cloud: Cloud, path: string, name: string, scopes: readonly string[], handler: CloudHandler) {
  return v1(cloud, path, name, scopes, (_cloud, request) => {
    if (cloud.switches.v1Removed === 'gone') return goneEndpoint();
    const answer = handler(cloud, request);
    return { ...answer, headers: { ...answer.headers, ...DEPRECATION } };
  });
}

/** Observed on live sites, 2026. */
const DEPRECATION = {
  deprecation: 'Wed, 1 Mar 2023 00:00:00 GMT',
  link: '<https://developer.atlassian.com/cloud/confluence/changelog/#CHANGE-864>; rel="deprecation"',
  warning: '299 - "Deprecated API, will be removed on Mon, 31 Mar 2025 00:00:00 GMT"',
};

/** The gateway accepts the application's path with `/wiki` and without. */
function onBothPrefixes(
  cloud: Cloud,
  api: Api,
  path: string,
  name: string,
  scopes: readonly string[],
  handler: CloudHandler,
): readonly Route[] {
  const guarded = gated(cloud, api, scopes, (request) => handler(cloud, request));
  const identify = identifyRead(name);
  return ['/wiki', ''].map((prefix) => ({
    method: 'GET',
    path: `${GATEWAY}${prefix}${path}`,
    name,
    handler: guarded,
    identify,
  }));
}

/** The old download path: a server error through the gateway, a login page at the site. Observed on live sites. */
function legacyDownloads(cloud: Cloud): readonly Route[] {
  const path = '/wiki/download/attachments/:id/:file';
  const throughGateway = gated(cloud, 'v1', DOWNLOAD_SCOPES, () => gatewayPage(500, 'Internal Server Error'));
  const atSite: Handler = () => html(401, '', { 'www-authenticate': `OAuth realm="${cloud.addresses.confluence}"` });
  return [
    { method: 'GET', path: `${GATEWAY}${path}`, name: 'confluence.download', handler: throughGateway },
    { method: 'GET', path, name: 'confluence.download', handler: atSite },
  ];
}

type OwnerHandler = (cloud: Cloud, request: Incoming, type: 'page' | 'blogpost') => Answer;

function ofPages(handler: OwnerHandler): CloudHandler {
  return (cloud, request) => handler(cloud, request, 'page');
}

function ofPosts(handler: OwnerHandler): CloudHandler {
  return (cloud, request) => handler(cloud, request, 'blogpost');
}
