import type { Readable } from 'node:stream';

/** The bytes of an image, encoded, in pieces that follow each other. */
export interface Base64Image {
  readonly parts: readonly Buffer[];
  /** Before encoding. */
  readonly byteLength: number;
}

/**
 * Reads a stream (of bytes or of strings) to its end and encodes it as it comes, so that an image is held once only.
 *
 * @param accept asked with the bytes read so far, before they are kept; `false` ends the reading and the stream
 * @returns `undefined` where `accept` refused
 */
export async function readBase64(
  stream: Readable,
  accept: (byteLength: number) => boolean,
): Promise<Base64Image | undefined> {
  const parts: Buffer[] = [];
  let byteLength = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    byteLength += bytes.length;
    // Leaving the loop destroys the stream.
    if (!accept(byteLength)) return undefined;
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    // Three bytes make four characters: only whole groups of three can be followed by more.
    const whole = all.length - (all.length % 3);
    parts.push(encode(all.subarray(0, whole)));
    rest = Buffer.from(all.subarray(whole));
  }
  parts.push(encode(rest));
  return { parts, byteLength };
}

const encode = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('base64'), 'latin1');
