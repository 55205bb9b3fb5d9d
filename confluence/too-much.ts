import { type HttpError, ResponseShapeError, UnavailableError } from '../http/errors';

/**
 * Whether asking for less may help: gateways end what takes too long with 500, 502 or 504, with text that is no JSON, or
 * in the middle (reported for expanded bodies and attachments), and our own patience may end first.
 */
export function isTooMuch(error: unknown): error is HttpError {
  if (error instanceof ResponseShapeError) return true;
  if (!(error instanceof UnavailableError)) return false;
  return error.status === undefined ? error.code === 'HEADERS_TIMEOUT' : error.status !== 503;
}
