import { crc32 } from './crc32';

/** A file in an archive. */
export interface ZipEntry {
  /** With slashes; ASCII. */
  readonly name: string;
  readonly bytes: Buffer;
}

const VERSION = 20;
/** 1980-01-01, the earliest date that the format knows, so that archives are the same at every start. */
const DOS_DATE = 0x21;

/**
 * A zip archive whose files are stored uncompressed, which every program that knows zip, and so every office program, can read.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (sections 4.3.7, 4.3.12, 4.3.16)
 */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const local = localHeader(entry);
    directory.push(directoryHeader(entry, offset));
    files.push(local, entry.bytes);
    offset += local.length + entry.bytes.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...files, central, endOfDirectory(entries.length, central.length, offset)]);
}

function localHeader(entry: ZipEntry): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(0x04034b50, 0);
  return Buffer.concat([head, sharedFields(entry), Buffer.from(entry.name)]);
}

function directoryHeader(entry: ZipEntry, offset: number): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(VERSION, 4);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([head, sharedFields(entry), tail, Buffer.from(entry.name)]);
}

/** The 26 bytes that the header before a file and the one in the directory have in common. */
function sharedFields({ name, bytes }: ZipEntry): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION, 0);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(bytes.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}

function endOfDirectory(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}
