/** Where a listing goes on. */
export interface Cursor {
  /** How many rows came before. */
  readonly position: number;
  /** The row before, by which the place is found when rows came or went meanwhile. */
  readonly lastId: string;
  /** How far equally ranked rows were moved in this listing. */
  readonly rotation: number;
  /** The page without rows, of which the switch makes one, was answered. */
  readonly emptied: boolean;
}

const PREFIX = '_sa_';

/** A cursor as it stands in a `next` link; it belongs to one CQL text. */
export function encodeCursor({ position, lastId, rotation, emptied }: Cursor, cql: string): string {
  const values = [position, lastId, rotation, emptied ? 1 : 0, checksum(cql)];
  return PREFIX + Buffer.from(JSON.stringify(values)).toString('base64');
}

/** `undefined` for text that is no cursor of this CQL text. */
export function decodeCursor(text: string, cql: string): Cursor | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  try {
    const values: unknown = JSON.parse(Buffer.from(text.slice(PREFIX.length), 'base64').toString('utf8'));
    if (!Array.isArray(values) || values[4] !== checksum(cql)) return undefined;
    return {
      position: Number(values[0]),
      lastId: String(values[1]),
      rotation: Number(values[2]),
      emptied: values[3] === 1,
    };
  } catch {
    return undefined;
  }
}

function checksum(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return sum;
}
