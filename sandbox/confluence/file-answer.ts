import type { Answer } from '../server/exchange';
import { chunksOf, sizeOf } from '../site/attachment-bytes';
import type { Attachment, AttachmentSource } from '../site/content';

/** An attachment's bytes, streamed. */
export function fileAnswer({ mediaType, title }: Attachment, bytes: AttachmentSource): Answer {
  const headers = {
    'content-type': mediaType,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(title)}`,
  };
  return { status: 200, headers, body: { size: sizeOf(bytes), chunks: () => chunksOf(bytes) } };
}

/** What a version of an attachment holds; `undefined` when there is no such version. */
export function bytesOfVersion({ version, bytes, earlier }: Attachment, number: number): AttachmentSource | undefined {
  return number === version.number ? bytes : earlier[number - 1];
}
