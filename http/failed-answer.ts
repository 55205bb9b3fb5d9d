import type { IncomingHttpHeaders } from 'node:http';
import type { RequestKind } from './request';
import {
  type Exchange,
  type HttpError,
  NotFoundError,
  RateLimitedError,
  RequestRefusedError,
  UnauthorizedError,
  UnavailableError,
} from './errors';
import { DEFAULT_RETRY_AFTER_MS, retryAfterMs } from './retry-after';

/** An answer that is no success. */
export interface FailedAnswer {
  readonly kind: RequestKind;
  readonly exchange: Exchange & { readonly status: number };
  readonly headers: IncomingHttpHeaders;
  /** The first bytes of the body as text; vendors' error bodies are short. May hold anything: never into a message. */
  readonly body: string;
}

/** What one vendor knows better than HTTP: the error of an answer, or `undefined` where the rules of HTTP hold. */
export type Interpretation = (answer: FailedAnswer) => HttpError | undefined;

/** Statuses with which a gateway speaks for a server that may still be at work (52x: Cloudflare's). */
const GATEWAY_STATUSES = new Set([408, 502, 504, 520, 521, 522, 523, 524]);

/** The typed error of an answer that is no success, by the rules of HTTP alone. */
export function toHttpError(answer: FailedAnswer, now: number): HttpError {
  const { exchange, headers, kind } = answer;
  const { status } = exchange;
  const retryAfter = retryAfterMs(headers, now);
  if (status === 429 || (status === 503 && retryAfter !== undefined)) {
    const waitMs = retryAfter ?? DEFAULT_RETRY_AFTER_MS;
    const wait = `the server asks to wait ${Math.ceil(waitMs / 1000)} s. The sync waits and goes on by itself;`;
    return new RateLimitedError(`${wait} if it happens often, lower the configured request rate.`, exchange, waitMs);
  }
  if (status >= 500 || status === 408) {
    const what = 'the server does not work at the moment. It is tried again; if that lasts, look at the server.';
    return new UnavailableError(what, exchange, !GATEWAY_STATUSES.has(status));
  }
  if (isRedirect(status)) return redirectError(answer);
  // Token endpoints refuse a client with 400 or 401: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
  if (status === 401 || (kind === 'token' && (status === 400 || status === 403))) {
    const what =
      kind === 'token' ? 'no token is given for the configured credential' : 'the credential is not accepted';
    return new UnauthorizedError(`${what}${said(answer)}. Check it in the tenant's configuration.`, exchange);
  }
  if (status === 404 || status === 410) {
    return new NotFoundError(
      `there is no such thing, or it is hidden from this account${said(answer)}.`,
      exchange,
      false,
    );
  }
  return new RequestRefusedError(`the server refuses the request${said(answer)}.`, exchange);
}

/** Whether a status sends elsewhere with a `Location`. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Whether an answer is a page for people. */
export function isHtml(headers: IncomingHttpHeaders): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)/i.test(headers['content-type'] ?? '');
}

/** The error of a page for people that came with a success: single sign-on, or an expired session. */
export function loginPageError(exchange: Exchange): UnauthorizedError {
  const what = 'instead of the data comes a web page, most likely a login.';
  return new UnauthorizedError(
    `${what} Check the credential and the base URL, and what stands before the server.`,
    exchange,
  );
}

function redirectError({ exchange, headers }: FailedAnswer): HttpError {
  const path = pathOf(headers.location);
  // The same path elsewhere is a server that moved (http to https, a new name); anything else is the way to a login.
  if (path !== undefined && path.endsWith(exchange.path)) {
    return new RequestRefusedError('the server has another address now. Put it into the base URL.', exchange);
  }
  const what = 'it sends to another page, most likely a login.';
  return new UnauthorizedError(`${what} Check the credential and what stands before the server.`, exchange);
}

function pathOf(location: string | undefined): string | undefined {
  try {
    return new URL(location ?? '', 'http://relative.invalid').pathname;
  } catch {
    // Nonsense leads nowhere, and is no server that moved.
    return undefined;
  }
}

const LONGEST_SENTENCE = 200;

function said({ body }: FailedAnswer): string {
  const sentence = errorSentence(body);
  return sentence === undefined ? '' : ` (it says: ${sentence})`;
}

/**
 * The sentence with which a JSON error body explains itself, if there is a short one; addresses in it are cut out.
 *
 * Knows the usual places: `message`, `error_description`, `error`, `errors[0].message|detail|title`, `title`.
 */
export function errorSentence(body: string): string | undefined {
  const json = record(parse(body));
  const first = Array.isArray(json['errors']) ? record(json['errors'][0]) : {};
  const places = [json['message'], json['error_description'], first['message'], first['detail'], first['title']];
  const sentence = [...places, json['error'], json['title']].find((text) => typeof text === 'string' && text !== '');
  if (typeof sentence !== 'string' || sentence.length > LONGEST_SENTENCE) return undefined;
  return sentence
    .replace(/\w+:\/\/\S+/g, '(address)')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // HTML, cut or empty: nothing to quote.
    return undefined;
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
