import { createHash } from 'node:crypto';
import type { Answer, Incoming } from '../server/exchange';
import type { UniquePlatform } from './platform';
import type { StoredFile } from './stored-content';
import { contentOfKey } from './write-url';

/**
 * `PUT /scoped/upload?key=…`: takes a blob whole, with its exact length announced, or not at all.
 *
 * @see https://learn.microsoft.com/en-us/rest/api/storageservices/put-blob (read 2026-11)
 */
export async function upload(platform: UniquePlatform, request: Incoming): Promise<Answer> {
  const contentId = contentOfKey(request.query.get('key') ?? '', 'write', platform);
  if (contentId === undefined) return storageError(403, 'AuthenticationFailed', 'Signature not valid or expired.');
  if (request.headers['content-length'] === undefined) {
    return storageError(411, 'MissingContentLengthHeader', 'Content-Length HTTP header is missing.');
  }
  if (request.headers['x-ms-blob-type'] !== 'BlockBlob') {
    return storageError(400, 'MissingRequiredHeader', 'An HTTP header that is mandatory is missing: x-ms-blob-type.');
  }
  platform.store.putFile(contentId, await receive(request, platform.keepBytes));
  return { status: 201 };
}

/** `GET /scoped/read?key=…`: the bytes that lie there. */
export function read(platform: UniquePlatform, request: Incoming): Answer {
  const contentId = contentOfKey(request.query.get('key') ?? '', 'read', platform);
  if (contentId === undefined) return storageError(403, 'AuthenticationFailed', 'Signature not valid or expired.');
  const bytes = platform.store.file(contentId)?.bytes;
  if (!bytes) return storageError(404, 'BlobNotFound', 'The specified blob does not exist.');
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: bytes };
}

/** Rejects when the sender breaks off: nothing is stored then. */
async function receive(request: Incoming, keepBytes: boolean): Promise<StoredFile> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let byteSize = 0;
  for await (const chunk of request.chunks()) {
    hash.update(chunk);
    byteSize += chunk.length;
    if (keepBytes) chunks.push(chunk);
  }
  return { byteSize, sha256: hash.digest('hex'), bytes: keepBytes ? Buffer.concat(chunks) : undefined };
}

function storageError(status: number, code: string, message: string): Answer {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml', 'x-ms-error-code': code }, body };
}
