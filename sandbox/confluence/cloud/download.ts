import { json } from '../../server/answers';
import type { Answer, Incoming } from '../../server/exchange';
import { bytesOfVersion, fileAnswer } from '../file-answer';
import { noContent, otherStatus, v1Error } from '../refusals';
import type { Cloud } from './cloud';

const MEDIA_CLIENT = 'c3b0a7e2-52f1-4b8e-9d57-0f6b1a2c3d4e';

/**
 * `GET /rest/api/content/{id}/child/attachment/{attachmentId}/download`: a redirect to the media host, whose URL works
 * without a credential and expires soon.
 */
export function cloudDownload(cloud: Cloud, request: Incoming): Answer {
  const { site, switches } = cloud;
  const [id, attachmentId] = [request.parameter('id'), request.parameter('attachmentId')];
  const attachment = site.findAttachment(attachmentId);
  const isThere = attachment?.parentId === id && attachment.status !== 'trashed' && site.isVisible(attachment);
  if (!attachment || !isThere) return noContent('cloud', attachmentId);
  const status = request.query.get('status') ?? 'current';
  if (attachment.status !== status) return otherStatus('cloud', attachmentId, attachment.status);
  const version = Number(request.query.get('version') ?? attachment.version.number);
  if (!bytesOfVersion(attachment, version)) {
    return v1Error('cloud', 400, `java.lang.IllegalArgumentException: No version ${version} of ${attachmentId}`);
  }
  const token = cloud.signer.sign(`${attachmentId}:${version}`, switches.mediaTokenLifetimeMs);
  const query = `token=${encodeURIComponent(token)}&client=${MEDIA_CLIENT}&name=${encodeURIComponent(attachment.title)}`;
  return { status: 302, headers: { location: `${cloud.addresses.media}/file/${attachment.fileId}/binary?${query}` } };
}

/** `GET /file/{fileId}/binary` of the media host: the token is the credential, and any other is refused. */
export function mediaFile(cloud: Cloud, request: Incoming): Answer {
  if (request.headers.authorization !== undefined) {
    return json(400, { title: 'Bad Request', detail: 'Only one auth mechanism is allowed' });
  }
  const subject = cloud.signer.verify(request.query.get('token') ?? '');
  const [attachmentId = '', version] = subject?.split(':') ?? [];
  if (subject === undefined) return json(403, { title: 'Forbidden', detail: 'The token is invalid or has expired' });
  const attachment = cloud.site.findAttachment(attachmentId);
  const bytes = attachment && bytesOfVersion(attachment, Number(version));
  if (!attachment || !bytes || attachment.fileId !== request.parameter('fileId')) {
    return json(404, { title: 'Not Found', detail: 'There is no such file' });
  }
  return fileAnswer(attachment, bytes);
}
