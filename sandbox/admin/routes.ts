import { z } from 'zod';
import type { Faults } from '../faults/faults';
import type { RequestLog } from '../request-log';
import { json } from '../server/answers';
import type { Answer, Handler, Incoming, Route } from '../server/exchange';
import type { Content } from '../site/content';
import { sizeOf } from '../site/attachment-bytes';
import { NoSuchContentError, NoSuchSpaceError } from '../site/errors';
import type { Site } from '../site/site';
import type { Switches } from '../switches';
import type { UniquePlatform } from '../unique/platform';
import { newFault, newPage, pageChange, switchChange } from './inputs';

/** What people and other programs can look at and change. */
export interface ControlOptions {
  readonly site: Site;
  readonly unique: UniquePlatform;
  readonly switches: Switches;
  readonly faults: Faults;
  readonly requests: RequestLog;
}

const HELP = {
  'GET /_sandbox/site': 'spaces and pages, whatever their status',
  'GET /_sandbox/contents': 'what Unique holds',
  'GET /_sandbox/contents/bytes?key=': 'what was ingested under a key',
  'GET /_sandbox/scopes': "Unique's scopes with their paths",
  'GET /_sandbox/requests': 'counts by route and the latest requests',
  'GET /_sandbox/switches': 'how the products behave',
  'POST /_sandbox/switches': 'changes the switches that are given',
  'POST /_sandbox/faults': '{ route, kind, times?, after?, probability?, … }',
  'DELETE /_sandbox/faults': 'takes all faults away',
  'POST /_sandbox/pages': '{ spaceKey, title, body?, parentId?, labels?, type? }',
  'POST /_sandbox/pages/{id}': '{ title?, body?, labels? }',
  'DELETE /_sandbox/pages/{id}': 'puts a page into the trash',
  'POST /_sandbox/pages/{id}/attachments?title=&mediaType=': 'the bytes of a file; the same title makes a new version',
};

const LATEST = 200;

/** The sandbox's own controls, on the port of Confluence. */
export function controlRoutes(options: ControlOptions): readonly Route[] {
  const { site, unique, switches, faults, requests } = options;
  const get = (path: string, handler: Handler) => control('GET', path, handler);
  const post = (path: string, handler: Handler) => control('POST', path, handler);
  return [
    get('', () => json(200, HELP)),
    get('/site', () => json(200, { spaces: [...site.spaces()], pages: [...site.contents()].map(showPage(site)) })),
    get('/contents', () =>
      json(
        200,
        unique.contents().map(({ bytes: _bytes, ...content }) => content),
      ),
    ),
    get('/contents/bytes', (request) => ingestedBytes(unique, request.query.get('key') ?? '')),
    get('/contents/:key/bytes', (request) =>
      ingestedBytes(unique, request.query.get('key') ?? request.parameter('key')),
    ),
    get('/scopes', () =>
      json(
        200,
        unique.scopes().map((scope) => ({ ...scope, path: unique.scopePath(scope.id) })),
      ),
    ),
    get('/requests', () => json(200, { totals: requests.totals(), latest: requests.entries.slice(-LATEST) })),
    get('/switches', () => json(200, switches)),
    post('/switches', async (request) => json(200, Object.assign(switches, await input(request, switchChange)))),
    post('/faults', async (request) => {
      faults.add(await input(request, newFault));
      return json(201, {});
    }),
    control('DELETE', '/faults', () => {
      faults.clear();
      return json(200, {});
    }),
    post('/pages', async (request) => {
      const page = await input(request, newPage);
      return json(201, showPage(site)(site.addPage(withoutUndefined(page))));
    }),
    post('/pages/:id', async (request) => changePage(site, request)),
    control('DELETE', '/pages/:id', (request) => {
      site.trash(request.parameter('id'));
      return json(200, {});
    }),
    post('/pages/:id/attachments', (request) => putAttachment(site, request)),
  ];
}

/** Answers what went wrong as JSON, so that a person with curl can read it. */
function control(method: Route['method'], path: string, handler: Handler): Route {
  const guarded: Handler = async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (error instanceof z.ZodError) return json(400, { message: z.prettifyError(error) });
      if (error instanceof SyntaxError) return json(400, { message: 'The body is not JSON.' });
      const isUnknown = error instanceof NoSuchContentError || error instanceof NoSuchSpaceError;
      if (isUnknown) return json(404, { message: error.message });
      throw error;
    }
  };
  return { method, path: `/_sandbox${path}`, name: 'sandbox', handler: guarded, isControl: true };
}

async function input<S extends z.ZodType>(request: Incoming, schema: S): Promise<z.output<S>> {
  return schema.parse(JSON.parse((await request.body()).toString('utf8')));
}

function ingestedBytes(unique: UniquePlatform, key: string): Answer {
  const content = unique.contentByKey(key);
  if (!content?.bytes)
    return json(404, { message: `Nothing was ingested under the key ${key}, or bytes are not kept.` });
  return { status: 200, headers: { 'content-type': content.mimeType }, body: content.bytes };
}

async function changePage(site: Site, request: Incoming): Promise<Answer> {
  const id = request.parameter('id');
  const { labels, ...edit } = withoutUndefined(await input(request, pageChange));
  if (Object.keys(edit).length > 0) site.editPage(id, edit);
  if (labels) site.setLabels(id, labels);
  return json(200, showPage(site)(site.content(id)));
}

async function putAttachment(site: Site, request: Incoming): Promise<Answer> {
  const pageId = request.parameter('id');
  const title = request.query.get('title');
  if (!title) return json(400, { message: 'The query must say title=, and may say mediaType=.' });
  const mediaType = request.query.get('mediaType') ?? 'application/octet-stream';
  const bytes = await request.body();
  const known = site.attachmentOfFile(pageId, title);
  const { id, version } = known
    ? site.replaceAttachment(known.id, { bytes, mediaType })
    : site.addAttachment(pageId, { title, mediaType, bytes });
  return json(201, { id, title, mediaType, version: version.number, byteSize: bytes.length });
}

function showPage(site: Site): (content: Content) => object {
  return ({ id, type, spaceKey, parentId, title, labels, status, version }) => ({
    id,
    type,
    spaceKey,
    parentId,
    title,
    labels,
    status,
    version: version.number,
    attachments: site
      .attachmentsOf(id)
      .map((file) => ({ id: file.id, title: file.title, byteSize: sizeOf(file.bytes) })),
  });
}

/** Optional fields that were not given are absent, not `undefined`, as the site wants them. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
