import { deflateSync } from 'node:zlib';
import { crc32 } from './crc32';

/** A PNG of one colour (0xRRGGBB). */
export function png(width: number, height: number, colour: number): Buffer {
  const pixel = [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
  const line = Buffer.from([0, ...Array.from({ length: width }, () => pixel).flat()]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A grey JPEG of 8 by 8 pixels: the smallest that a baseline decoder accepts. */
export function jpeg(): Buffer {
  const quantization = Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]);
  // One component of 8 bits, sampled once, with quantization table 0.
  const frame = Buffer.from([8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, quantization),
    segment(0xc0, frame),
    segment(0xc4, huffmanTable(0x00)),
    segment(0xc4, huffmanTable(0x10)),
    segment(0xda, Buffer.from([1, 1, 0x00, 0, 63, 0])),
    // Two codes of one bit: no difference in brightness, end of block; the rest of the byte is filled with ones.
    Buffer.from([0x3f, 0xff, 0xd9]),
  ]);
}

/** A table with a single code, `0`, that means the value 0. */
function huffmanTable(id: number): Buffer {
  return Buffer.from([id, 1, ...Array.from({ length: 15 }, () => 0), 0]);
}

function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}
