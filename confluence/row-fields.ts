/** Thrown while a row is read, and caught with the row: where it differs from what is expected. */
export class RowShapeError extends Error {
  override readonly name = 'RowShapeError';
}

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = {};

/** The object at a place, or an empty one when there is none. */
export function fieldsAt(fields: Fields, name: string): Fields {
  return toFields(fields[name]);
}

/** A value as an object; anything that is none becomes an empty one. */
export function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING;
}

/** @throws {RowShapeError} when it is no text */
export function textAt(fields: Fields, name: string, path: string = name): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new RowShapeError(`${path} is no text`);
  return value;
}

/** The text at a place, if there is one. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

/** The number at a place, if there is one that counts something. */
export function optionalCount(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/**
 * An id that one API writes as a number and another as text (space ids do).
 *
 * @throws {RowShapeError} when it is neither, or empty
 */
export function idAt(fields: Fields, path: string): string {
  const id = optionalId(fields);
  if (id === undefined) throw new RowShapeError(`${path} is no id`);
  return id;
}

/** The id of something, where that much is readable. */
export function optionalId({ id }: Fields): string | undefined {
  if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return String(id);
  // Longer or stranger is no id, and would end up in messages.
  return typeof id === 'string' && /^[\w:.-]{1,60}$/.test(id) ? id : undefined;
}

/** Without a zone it could mean anything. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/;

/** An instant as ISO 8601 in UTC: Data Center writes its own offset. `undefined` when it is none. */
export function toUtc(value: unknown): string | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
