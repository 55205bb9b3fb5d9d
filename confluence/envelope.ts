import type { IncomingHttpHeaders } from 'node:http';
import { type Exchange, ResponseShapeError } from '../http/errors';
import { type Fields, fieldsAt, toFields } from './row-fields';

/** What all listings have in common, v1 and v2. */
export interface Envelope {
  readonly results: readonly unknown[];
  /** As received: unknown until it is resolved. */
  readonly next: unknown;
  readonly fields: Fields;
}

/** @throws {ResponseShapeError} when it is no listing */
export function parseEnvelope(body: unknown, exchange: Exchange): Envelope {
  const fields = toFields(body);
  const { results } = fields;
  if (!Array.isArray(results)) throw new ResponseShapeError(['results is no list'], exchange);
  return { results, next: fieldsAt(fields, '_links')['next'], fields };
}

/** The length that an answer promises; bytes. */
export function contentLength(headers: IncomingHttpHeaders): number | undefined {
  const length = headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
