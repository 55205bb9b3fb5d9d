import { seededRandom } from '../random';
import type { AttachmentSource } from './content';

const BLOCK_BYTES = 65_536;

/** How many bytes there are, without making them. */
export function sizeOf(source: AttachmentSource): number {
  return Buffer.isBuffer(source) ? source.length : source.size;
}

/** The bytes in pieces of at most 64 KiB, or whole where they lie in memory anyway; each call begins anew. */
export function* chunksOf(source: AttachmentSource): Generator<Buffer> {
  if (Buffer.isBuffer(source)) {
    if (source.length > 0) yield source;
    return;
  }
  const block = blockOf(source.seed);
  for (let left = source.size, number = 0; left > 0; number += 1) {
    const chunk = Buffer.from(block.subarray(0, Math.min(left, BLOCK_BYTES)));
    // Every block differs, so that a block lost or doubled on the way changes the checksum.
    if (chunk.length >= 4) chunk.writeUInt32LE(number, 0);
    left -= chunk.length;
    yield chunk;
  }
}

/** All bytes at once. */
export function bytesOf(source: AttachmentSource): Buffer {
  return Buffer.isBuffer(source) ? source : Buffer.concat([...chunksOf(source)]);
}

let lastBlock: { readonly seed: number; readonly bytes: Buffer } | undefined;

function blockOf(seed: number): Buffer {
  if (lastBlock?.seed === seed) return lastBlock.bytes;
  const random = seededRandom(seed);
  const bytes = Buffer.alloc(BLOCK_BYTES);
  for (let offset = 0; offset < BLOCK_BYTES; offset += 4) bytes.writeUInt32LE((random() * 4294967296) >>> 0, offset);
  lastBlock = { seed, bytes };
  return bytes;
}
