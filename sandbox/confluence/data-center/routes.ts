import { loginPage, tomcatPage } from '../../server/answers';
import type { Answer, Handler, Incoming, Route } from '../../server/exchange';
import { bytesOfVersion, fileAnswer } from '../file-answer';
import { identifyRead } from '../identify-read';
import { nullForUri } from '../refusals';
import { dataCenterTokenEndpoint } from '../token-endpoint';
import { v1Attachments, v1Content, v1ContentList, v1Spaces } from '../v1-content';
import { authenticated, isAuthenticated } from './authentication';
import { type DataCenter, isAtLeast } from './data-center';
import { manifest, serverInformation } from './instance';
import { RequestBucket } from './request-bucket';
import { dataCenterSearch } from './search';

type DataCenterHandler = (server: DataCenter, request: Incoming) => Answer;

/** Everything that the emulated Data Center serves, below its context path. */
export function dataCenterRoutes(server: DataCenter): readonly Route[] {
  const get = (path: string, name: string, handler: Handler): Route => ({
    method: 'GET',
    path: `${server.contextPath}${path}`,
    name,
    handler,
  });
  const bucket = new RequestBucket(server.site.clock, server.switches);
  const api = (path: string, name: string, handler: DataCenterHandler): Route => ({
    ...get(
      `/rest/api${path}`,
      name,
      authenticated(server, (request) => bucket.pass(() => handler(server, request))),
    ),
    identify: identifyRead(name),
  });
  return [
    {
      method: 'POST',
      path: `${server.contextPath}/rest/oauth2/latest/token`,
      name: 'confluence.token',
      handler: serviceAccountToken(server),
    },
    get('/rest/applinks/1.0/manifest', 'confluence.manifest', (request) => manifest(server, request)),
    api('/server-information', 'confluence.serverInformation', serverInformationSince84),
    api('/content/search', 'confluence.search', dataCenterSearch),
    api('/content/:id', 'confluence.content', v1Content),
    api('/content/:id/child/attachment', 'confluence.attachments', v1Attachments),
    api('/content', 'confluence.contents', v1ContentList),
    api('/space', 'confluence.spaces', v1Spaces),
    get('/download/attachments/:id/:file', 'confluence.download', (request) => download(server, request)),
    get('/login.action', 'confluence.login', loginPage),
  ];
}

/** Paths that Data Center does not know. */
export function dataCenterFallback(server: DataCenter): Handler {
  return (request) => {
    const isApi = request.path.startsWith(`${server.contextPath}/rest/api/`);
    const isContent = request.path.startsWith(`${server.contextPath}/rest/api/content/`);
    return isApi && !isContent ? nullForUri(request.path) : tomcatPage(404, 'Not Found');
  };
}

/** Service accounts with client credentials exist from 10.1 on. */
function serviceAccountToken(server: DataCenter): Handler {
  const issue = dataCenterTokenEndpoint(server.tokens, server.credentials);
  return (request) => (isAtLeast(server, 10, 1) ? issue(request) : tomcatPage(404, 'Not Found'));
}

function serverInformationSince84(server: DataCenter, request: Incoming): Answer {
  return isAtLeast(server, 8, 4) ? serverInformation(server) : nullForUri(request.path);
}

/** `_links.download`: the bytes; who is not logged in is sent to the login page. */
function download(server: DataCenter, request: Incoming): Answer {
  if (!isAuthenticated(server, request)) {
    const destination = encodeURIComponent(request.path);
    return { status: 302, headers: { location: `${server.contextPath}/login.action?os_destination=${destination}` } };
  }
  const page = server.site.findContent(request.parameter('id'));
  const attachment = server.site.attachmentOfFile(request.parameter('id'), request.parameter('file'));
  if (page?.status !== 'current' || !attachment || !server.site.isVisible(attachment)) {
    return tomcatPage(404, 'Not Found');
  }
  const bytes = bytesOfVersion(attachment, Number(request.query.get('version') ?? attachment.version.number));
  return bytes ? fileAnswer(attachment, bytes) : tomcatPage(404, 'Not Found');
}
