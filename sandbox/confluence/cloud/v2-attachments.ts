import { json } from '../../server/answers';
import type { Answer, Incoming } from '../../server/exchange';
import { sizeOf } from '../../site/attachment-bytes';
import type { Attachment } from '../../site/content';
import { downloadLink, webuiLink } from '../links';
import { mediaTypeDescription } from '../media-type';
import { shownId } from '../render-content';
import type { Cloud } from './cloud';
import { v2List, v2NotFound } from './v2-list';

const DEFAULT_LIMIT = 50;
const AUTHOR = '557058:11111111-2222-4333-8444-555555555555';

/** Kinds of content whose attachments v2 lists, each on its own path. */
export type AttachmentOwner = 'page' | 'blogpost';

/** `GET /wiki/api/v2/pages/{id}/attachments` and `/blogposts/{id}/attachments`; the id of one is 404 on the path of the other. */
export function v2Attachments(cloud: Cloud, request: Incoming, owner: AttachmentOwner): Answer {
  const id = request.parameter('id');
  const content = cloud.site.findContent(id);
  if (!content || content.type !== owner || !cloud.site.isVisible(content)) {
    return v2NotFound(`Cannot find a ${owner === 'page' ? 'page' : 'blog post'} with id [${id}]`);
  }
  const { query } = request;
  const statuses = query.get('status')?.split(',') ?? ['current', 'archived'];
  const [filename, mediaType] = [query.get('filename'), query.get('mediaType')];
  const rows = cloud.site
    .attachmentsOf(id)
    .filter(
      (attachment) =>
        statuses.includes(attachment.status) &&
        (filename === null || attachment.title === filename) &&
        (mediaType === null || attachment.mediaType === mediaType),
    );
  const path = `/${owner}s/${id}/attachments`;
  return v2List(cloud, request, { path, rows, defaultLimit: DEFAULT_LIMIT }, (row) => render(cloud, row));
}

/** `GET /wiki/api/v2/attachments/{id}`, with or without `att` before the digits. */
export function v2Attachment(cloud: Cloud, request: Incoming): Answer {
  const id = `att${request.parameter('id').replace(/^att/, '')}`;
  const attachment = cloud.site.findAttachment(id);
  if (!attachment || !cloud.site.isVisible(attachment)) return v2NotFound(`Cannot find an attachment with id [${id}]`);
  return json(200, render(cloud, attachment));
}

function render(cloud: Cloud, attachment: Attachment): object {
  const { status, title, createdAt, parentId, mediaType, comment, fileId, bytes, version } = attachment;
  const owner = cloud.site.findContent(parentId);
  const download = downloadLink(attachment, cloud);
  const webui = webuiLink(attachment);
  return {
    id: shownId(attachment, cloud),
    status,
    title,
    createdAt: new Date(createdAt).toISOString(),
    ...(owner?.type === 'blogpost' ? { blogPostId: parentId } : { pageId: parentId }),
    mediaType,
    mediaTypeDescription: mediaTypeDescription(mediaType),
    comment,
    fileId,
    fileSize: sizeOf(bytes),
    webuiLink: webui,
    downloadLink: download,
    version: {
      number: version.number,
      message: '',
      minorEdit: false,
      authorId: AUTHOR,
      createdAt: new Date(version.when).toISOString(),
    },
    _links: { webui, download },
  };
}
