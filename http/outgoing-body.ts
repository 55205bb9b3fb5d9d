import { Readable } from 'node:stream';
import type { RequestBody } from './request';

/** A body as it goes out, and the headers that describe it. */
export interface OutgoingBody {
  readonly data?: Buffer | Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/** Prepares a body for one attempt; a stream is opened here, at the last moment. */
export function outgoingBody(body: RequestBody | undefined): OutgoingBody {
  if (body === undefined) return { headers: {} };
  if ('json' in body) return ofBytes(Buffer.from(JSON.stringify(body.json)), 'application/json');
  if ('form' in body) {
    return ofBytes(Buffer.from(new URLSearchParams(body.form).toString()), 'application/x-www-form-urlencoded');
  }
  if ('bytes' in body)
    return ofBytes(Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength), body.contentType);
  const headers = { 'content-type': body.contentType, 'content-length': String(body.contentLength) };
  return { data: typeof body.stream === 'function' ? body.stream() : body.stream, headers };
}

/** Closes a stream of which not everything was sent: nobody else would, and its source may hold a connection. */
export function closeBody({ data }: OutgoingBody): void {
  if (data instanceof Readable && !data.readableEnded) data.destroy();
}

/** Whether a body can be sent a second time: not a stream that was already read. */
export function canBeSentAgain(body: RequestBody | undefined): boolean {
  return body === undefined || !('stream' in body) || typeof body.stream === 'function';
}

function ofBytes(data: Buffer, contentType: string): OutgoingBody {
  return { data, headers: { 'content-type': contentType, 'content-length': String(data.length) } };
}
