import { isAttachment, type Attachment, type SearchDocument } from '../site/content';
import { sizeOf } from '../site/attachment-bytes';
import { type ConfluenceContext, bodyOf, hasBody } from './context';
import type { Expand } from './expand';
import { baseLink, downloadLink, tinyLink, webuiLink } from './links';
import { mediaTypeDescription } from './media-type';
import { renderLabels, renderSpace, renderUser, renderVersion } from './render-parts';
import { timestamp } from './timestamp';

const INLINE_ATTACHMENTS = 25;
const EVERY_LABEL = 200;

/** How a row of a search deviates from what a read by id says. */
export interface RowTraps {
  /** At most so many labels are listed. */
  readonly labelLimit?: number;
  readonly withoutLabels?: boolean;
}

/**
 * A content or an attachment as v1 describes it: parts that are not expanded are absent and named in `_expandable`.
 *
 * @see https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content/ (read 2026-11)
 */
export function renderContent(
  document: SearchDocument,
  expand: Expand,
  context: ConfluenceContext,
  traps: RowTraps = {},
): object {
  const { type, status, title } = document;
  const id = shownId(document, context);
  const expandable: Record<string, string> = { restrictions: `/rest/api/content/${id}/restriction/byOperation` };
  const row: Record<string, unknown> = { id, type, status, title };
  for (const [name, path, render] of parts(document, expand, context, traps)) {
    if (expand.has(name)) row[name] = render();
    else expandable[name] = path;
  }
  if (context.flavor === 'cloud') row['macroRenderedOutput'] = {};
  const own = ownParts(document, expand, context);
  if (!own['extensions']) expandable['extensions'] = '';
  if (own['metadata']) delete expandable['metadata'];
  return { ...row, ...own, ...metadataOf(row, own), _expandable: expandable, _links: links(document, context) };
}

/** An attachment's id as Cloud shows it. */
export function shownId({ id }: SearchDocument, { flavor, switches }: ConfluenceContext): string {
  return flavor === 'cloud' && switches.attachmentIdsWithoutPrefix ? id.replace(/^att/, '') : id;
}

type Part = readonly [name: string, path: string, render: () => unknown];

function parts(document: SearchDocument, expand: Expand, context: ConfluenceContext, traps: RowTraps): readonly Part[] {
  const { id, spaceKey } = document;
  const { site } = context;
  const space = site.findSpace(spaceKey);
  return [
    ['space', `/rest/api/space/${spaceKey}`, () => (space ? renderSpace(space, context) : undefined)],
    ['history', `/rest/api/content/${id}/history`, () => history(document, expand, context)],
    ['version', '', () => renderVersion(id, document.version, context)],
    ['ancestors', '', () => ancestors(document, expand, context)],
    ['body', '', () => body(document, expand)],
    ['metadata', '', () => metadata(document, expand, context, traps)],
    ['children', `/rest/api/content/${id}/child`, () => children(document, expand, context)],
    ['container', `/rest/api/space/${spaceKey}`, () => (space ? renderSpace(space, context) : undefined)],
  ];
}

/** `extensions`: Cloud gives them unasked, Data Center when they are expanded. */
function ownParts(document: SearchDocument, expand: Expand, context: ConfluenceContext): Record<string, unknown> {
  const unasked = context.flavor === 'cloud';
  if (!isAttachment(document)) return unasked || expand.has('extensions') ? { extensions: { position: 'none' } } : {};
  const { mediaType, comment } = document;
  return {
    ...(unasked || expand.has('metadata') ? { metadata: { mediaType, ...(unasked ? {} : { comment }) } } : {}),
    ...(unasked || expand.has('extensions') ? { extensions: fileExtensions(document, context) } : {}),
  };
}

/** An attachment's media type stands in `metadata`, beside whatever else of it was expanded. */
function metadataOf(row: Record<string, unknown>, own: Record<string, unknown>): object {
  if (!row['metadata'] || !own['metadata']) return {};
  return { metadata: { ...own['metadata'], ...row['metadata'] } };
}

function fileExtensions(attachment: Attachment, { flavor, switches }: ConfluenceContext): object {
  const mediaType = switches.unspecificMediaType ? 'application/octet-stream' : attachment.mediaType;
  const { comment, bytes, fileId, parentId } = attachment;
  const both = { mediaType, fileSize: sizeOf(bytes), comment };
  if (flavor === 'data-center') return both;
  const mediaTypeDescriptionText = mediaTypeDescription(mediaType);
  return { ...both, mediaTypeDescription: mediaTypeDescriptionText, fileId, collectionName: `contentId-${parentId}` };
}

function history({ id, createdAt, version }: SearchDocument, expand: Expand, context: ConfluenceContext): object {
  const lastUpdated = expand.has('history.lastUpdated') ? { lastUpdated: renderVersion(id, version, context) } : {};
  return {
    latest: true,
    createdBy: renderUser(context),
    createdDate: timestamp(createdAt, context),
    ...lastUpdated,
    _expandable: { previousVersion: '', contributors: '', nextVersion: '' },
    _links: { self: `${baseLink(context)}/rest/api/content/${id}/history` },
  };
}

function ancestors(document: SearchDocument, expand: Expand, context: ConfluenceContext): readonly object[] {
  const inner = expand.inside('ancestors');
  return context.site.ancestors(document).map((ancestor) => renderContent(ancestor, inner, context));
}

function body(document: SearchDocument, expand: Expand): object {
  const formats = { editor: '', view: '', export_view: '', styled_view: '', anonymous_export_view: '' };
  if (!expand.has('body.storage') || !hasBody(document)) return { _expandable: { ...formats, storage: '' } };
  const content = `/rest/api/content/${document.id}`;
  const storage = { value: bodyOf(document), representation: 'storage', embeddedContent: [], _expandable: { content } };
  return { storage, _expandable: formats };
}

function metadata(document: SearchDocument, expand: Expand, context: ConfluenceContext, traps: RowTraps): object {
  const rest = { currentuser: '', properties: '', frontend: '', editorHtml: '' };
  if (!expand.has('metadata.labels') || traps.withoutLabels) return { _expandable: { ...rest, labels: '' } };
  const labels = renderLabels(document.id, document.labels, traps.labelLimit ?? EVERY_LABEL, context);
  return { labels, _expandable: rest };
}

function children(document: SearchDocument, expand: Expand, context: ConfluenceContext): object {
  const { id } = document;
  const path = `/rest/api/content/${id}/child`;
  const rest = { page: `${path}/page`, comment: `${path}/comment` };
  const _links = { self: `${baseLink(context)}${path}` };
  if (!expand.has('children.attachment')) {
    return { _expandable: { ...rest, attachment: `${path}/attachment` }, _links };
  }
  const all = context.site.attachmentsOf(id).filter(({ status }) => status === 'current');
  const inner = expand.inside('children.attachment');
  const results = all.slice(0, INLINE_ATTACHMENTS).map((attachment) => renderContent(attachment, inner, context));
  const next = all.length > results.length ? { next: `${path}/attachment?limit=25&start=25` } : {};
  const attachment = {
    results,
    start: 0,
    limit: INLINE_ATTACHMENTS,
    size: results.length,
    _links: { self: `${baseLink(context)}${path}/attachment`, ...next },
  };
  return { attachment, _expandable: rest, _links };
}

function links(document: SearchDocument, context: ConfluenceContext): object {
  const { id, type } = document;
  const webui = webuiLink(document);
  const self = `${baseLink(context)}/rest/api/content/${id}`;
  if (isAttachment(document)) return { webui, self, download: downloadLink(document, context) };
  const editui = type === 'page' ? { editui: `/pages/resumedraft.action?draftId=${id}` } : {};
  return { self, tinyui: tinyLink(id), ...editui, webui };
}
