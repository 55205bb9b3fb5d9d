/** What a request was, and what came back, in a form that may stand in logs and histories. */
export interface Exchange {
  readonly method: string;
  /** Path without query and host; shows ids, never titles, tokens or signatures. */
  readonly path: string;
  /** Absent when nothing came back, or nothing was sent. */
  readonly status?: number;
}

/**
 * Base of all errors of an HTTP exchange. Never carries a token, a query string, a body or a title; also no `cause`,
 * because the errors of axios and Node's parser hold the request's headers or raw bytes, and loggers print causes.
 */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly method: string;
  readonly path: string;
  readonly status?: number;

  /** @param explanation what it means and what to do; method, path and status are put before it */
  constructor(explanation: string, { method, path, status }: Exchange) {
    super(`${method} ${path} ${status === undefined ? 'was not answered' : `answered ${status}`}: ${explanation}`);
    this.method = method;
    this.path = path;
    if (status !== undefined) this.status = status;
  }
}

/** Thrown when the server asks to wait: 429, 503 with `Retry-After`, or a pause that an earlier answer asked for. */
export class RateLimitedError extends HttpError {
  override readonly name: string = 'RateLimitedError';
  /** How long to wait from now; milliseconds, above zero. */
  readonly retryAfterMs: number;

  constructor(explanation: string, exchange: Exchange, retryAfterMs: number) {
    super(explanation, exchange);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when the server, or the way to it, does not work at the moment: 5xx, time-out, broken connection, cut body. */
export class UnavailableError extends HttpError {
  override readonly name: string = 'UnavailableError';
  /**
   * Whether the outcome is certain: the server itself answered, or the request never left. `false` is in doubt: the
   * request may have been carried out, or may still be (also behind a gateway's 502 or 504).
   */
  readonly answered: boolean;
  /** Where the connection failed: Node's code or one of ours (`HEADERS_TIMEOUT`, `IDLE_TIMEOUT`, `BODY_CUT`, …). */
  readonly code?: string;

  constructor(explanation: string, exchange: Exchange, answered: boolean, code?: string) {
    super(explanation, exchange);
    this.answered = answered;
    if (code !== undefined) this.code = code;
  }
}

/**
 * Thrown when the credential is not accepted, where it can be refreshed also with a fresh token: 401, a login page
 * instead of the answer, a redirect to one.
 */
export class UnauthorizedError extends HttpError {
  override readonly name: string = 'UnauthorizedError';
}

/** Thrown when the credential is good but was not granted what the request needs. */
export class ForbiddenScopeError extends UnauthorizedError {
  override readonly name: string = 'ForbiddenScopeError';
  /** The scope or permission that is missing, in the vendor's words, where it is known. */
  readonly missing?: string;

  constructor(explanation: string, exchange: Exchange, missing?: string) {
    super(explanation, exchange);
    if (missing !== undefined) this.missing = missing;
  }
}

/**
 * Thrown when the proxy on the way does not let us through. It meets every request alike, and only a person heals it; the
 * server itself has seen nothing.
 */
export class ProxyRefusedError extends UnauthorizedError {
  override readonly name: string = 'ProxyRefusedError';
}

/** Thrown when there is no such thing, or it is hidden from us: 404 and 410. */
export class NotFoundError extends HttpError {
  override readonly name: string = 'NotFoundError';
  /** `false` when the answer does not say what is missing: then it proves nothing. */
  readonly certain: boolean;

  constructor(explanation: string, exchange: Exchange, certain: boolean) {
    super(explanation, exchange);
    this.certain = certain;
  }
}

/** Thrown when the exchange worked, but the answer does not have the shape that was agreed. */
export class ResponseShapeError extends HttpError {
  override readonly name: string = 'ResponseShapeError';
  /** Where and how the answer differs: paths and expectations, no values. */
  readonly issues: readonly string[];

  constructor(issues: readonly string[], exchange: Exchange) {
    const shown = issues.slice(0, MAX_ISSUES_SHOWN).join('; ');
    const more = issues.length > MAX_ISSUES_SHOWN ? ` and ${issues.length - MAX_ISSUES_SHOWN} more` : '';
    super(`the answer has not the shape that is expected (${shown}${more}). The API may have changed.`, exchange);
    this.issues = issues;
  }
}

const MAX_ISSUES_SHOWN = 3;

/** Thrown when the server refuses the request as it is: another 4xx, or a redirect that is no login. */
export class RequestRefusedError extends HttpError {
  override readonly name: string = 'RequestRefusedError';
}
