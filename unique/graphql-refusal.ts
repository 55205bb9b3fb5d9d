import type { HttpError } from '../http/errors';
import {
  type Exchange,
  ForbiddenScopeError,
  RateLimitedError,
  RequestRefusedError,
  UnauthorizedError,
  UnavailableError,
} from '../http/errors';
import { type FailedAnswer, errorSentence } from '../http/failed-answer';
import { DEFAULT_RETRY_AFTER_MS } from '../http/retry-after';
import { UniqueRejectedError } from './errors';
import { type GraphqlError, parseGraphqlErrors } from './graphql-error';
import { safeMessage } from './safe-message';

/** Below the base URL of each service; other paths do not speak GraphQL. */
export const GRAPHQL_PATH = '/graphql';

/** Carries a GraphQL answer that came with a 4xx or 5xx out of the HTTP client; never leaves `GraphqlEndpoint`. */
export class GraphqlAnswerError extends RequestRefusedError {
  override readonly name = 'GraphqlAnswerError';

  constructor(
    readonly answer: Readonly<Record<string, unknown>>,
    exchange: Exchange,
  ) {
    super('a GraphQL answer with errors.', exchange);
  }
}

/** Statuses that speak of the whole platform, not of what was asked: HTTP's own rules hold, `errors` or not. */
const SYSTEMIC_STATUSES: ReadonlySet<number> = new Set([401, 408, 429, 502, 503, 504]);

/** What Unique's ingestion and scope management services mean by an answer that is no success. */
export function interpretUnique({ kind, exchange, body }: FailedAnswer): HttpError | undefined {
  const { status } = exchange;
  if (kind !== 'unique' || SYSTEMIC_STATUSES.has(status)) return undefined;
  const answer = parseRecord(body);
  const errors = parseGraphqlErrors(answer?.['errors']);
  if (status === 403 || errors.some((error) => error.status === 403)) return forbidden(exchange);
  if (errors.some((error) => error.status === 401)) return unauthenticated(exchange);
  const isGraphql = exchange.path.startsWith(GRAPHQL_PATH);
  if (isGraphql && answer !== undefined && errors.length > 0) return new GraphqlAnswerError(answer, exchange);
  if (status < 400 || status >= 500 || status === 404) return undefined;
  return new UniqueRejectedError(safeMessage(errorSentence(body) ?? 'no reason given'), exchange);
}

/** The typed error of one entry of `errors`; `exchange.status` is the answer's own. */
export function toTypedError(error: GraphqlError, exchange: Exchange, privateTexts: readonly string[] = []): HttpError {
  const { status, code, message, field } = error;
  const reason = safeMessage(message, privateTexts);
  if (status === 401) return unauthenticated(exchange);
  if (status === 403) return forbidden(exchange);
  if (status === 429) {
    const what =
      'Unique has too much to do. The sync waits and goes on; if it happens often, lower `apiRateLimitPerMinute`.';
    return new RateLimitedError(what, exchange, DEFAULT_RETRY_AFTER_MS);
  }
  // Without a field the platform did not get as far as looking at what was asked.
  const didNotTry = field === undefined && (code === 'INTERNAL_SERVER_ERROR' || (exchange.status ?? 0) >= 500);
  if (didNotTry || (status ?? 0) >= 500) {
    const what = `Unique does not work at the moment (it says: ${reason}). It is tried again.`;
    return new UnavailableError(what, exchange, status !== 502 && status !== 504);
  }
  return new UniqueRejectedError(reason, exchange, code);
}

/** Whether an error speaks of the platform as a whole, so that asking for less at a time would not help. */
export function isSystemic({ status }: GraphqlError): boolean {
  return status === 403 || (status !== undefined && SYSTEMIC_STATUSES.has(status));
}

function unauthenticated(exchange: Exchange): UnauthorizedError {
  const what = 'Unique does not accept the credential. Check the service user';
  return new UnauthorizedError(`${what} and \`unique.serviceAuthMode\` in the tenant file.`, exchange);
}

function forbidden(exchange: Exchange): ForbiddenScopeError {
  const what = 'the service user may not do this in Unique. Give it the rights for ingestion and scope management';
  return new ForbiddenScopeError(`${what}, and access to the root scope.`, exchange);
}

function parseRecord(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    // HTML, cut or empty: then the status says all there is.
    return undefined;
  }
}
