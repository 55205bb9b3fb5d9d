import { countFailedAnswer } from '../http/request-counts';
import type { z } from 'zod';
import type { Budget } from '../http/budget';
import type { HttpClient, SendBefore } from '../http/client';
import { type Exchange, type HttpError, RateLimitedError, ResponseShapeError } from '../http/errors';
import type { TokenSource } from '../http/tokens';
import { type GraphqlError, parseGraphqlErrors } from './graphql-error';
import { GRAPHQL_PATH, GraphqlAnswerError, toTypedError } from './graphql-refusal';

const MAX_ISSUES = 10;

/** One GraphQL request. */
export interface GraphqlCall {
  /** Name of the operation in `document`; stands in errors. */
  readonly operation: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
  /** For mutations of contents. */
  readonly sendBefore?: SendBefore | undefined;
  /** For operations that work long before they answer. Default: the HTTP client's. */
  readonly headersMs?: number;
}

/** What came back, before anybody judged it. */
export interface GraphqlAnswer {
  readonly data: unknown;
  readonly errors: readonly GraphqlError[];
  /** For typed errors about this answer. */
  readonly exchange: Exchange;
}

/** The GraphQL endpoint of one of the platform's services. */
export class GraphqlEndpoint {
  /** @param credential what can be renewed when an answer says, with status 200, that it is not accepted */
  constructor(
    private readonly http: HttpClient,
    private readonly budget: Budget,
    private readonly credential?: TokenSource,
  ) {}

  /**
   * The data of a call that succeeded wholly, or that gave usable data beside errors if `partial`.
   *
   * @throws {UniqueRejectedError} and the other classes of `HttpError`
   */
  async call<S extends z.ZodType>(call: GraphqlCall, schema: S, partial = false): Promise<z.output<S>> {
    const { data, errors, exchange } = await this.answer(call);
    const [first] = errors;
    const parsed = schema.safeParse(data);
    if (first !== undefined && !(partial && parsed.success)) throw await this.typedError(first, exchange);
    if (parsed.success) return parsed.data;
    const issues = parsed.error.issues.slice(0, MAX_ISSUES);
    throw new ResponseShapeError(
      issues.map(({ path, code }) => `data.${path.join('.')}: ${code}`),
      exchange,
    );
  }

  /** Data and errors side by side, for calls whose fields fail one by one; a refused credential is thrown. */
  async answer(call: GraphqlCall): Promise<GraphqlAnswer> {
    const token = await this.credential?.authorization(call.signal);
    const first = await this.send(call);
    if (!first.errors.some(isUnauthenticated)) return first;
    // The HTTP client renews a token on status 401; this one came as a GraphQL error with 200.
    if (token !== undefined) this.credential?.invalidate(token);
    const second = token === undefined ? first : await this.send(call);
    const refusal = second.errors.find(isUnauthenticated);
    if (refusal !== undefined) throw toTypedError(refusal, second.exchange);
    return second;
  }

  /** Like `toTypedError`; a rate limit that came as a GraphQL error pauses the platform for everybody. */
  async typedError(error: GraphqlError, exchange: Exchange, privateTexts?: readonly string[]): Promise<HttpError> {
    const typed = toTypedError(error, exchange, privateTexts);
    if (typed instanceof RateLimitedError) {
      countFailedAnswer('unique', typed);
      await this.budget.pauseUntil(Date.now() + typed.retryAfterMs);
    }
    return typed;
  }

  /** For errors about an answer that came without `errors`, but does not say what it has to. */
  exchangeOf(operation: string, status = 200): Exchange {
    return { method: 'POST', path: shownPath(operation), status };
  }

  private async send({
    operation,
    document,
    variables,
    signal,
    sendBefore,
    headersMs,
  }: GraphqlCall): Promise<GraphqlAnswer> {
    try {
      const { body, status } = await this.http.request({
        method: 'POST',
        path: GRAPHQL_PATH,
        shownAs: shownPath(operation),
        kind: 'unique',
        body: { json: { operationName: operation, query: document, variables } },
        responseType: 'json',
        signal,
        sendBefore,
        ...(headersMs === undefined ? {} : { timeouts: { headersMs } }),
      });
      return toAnswer(body, this.exchangeOf(operation, status));
    } catch (error) {
      if (error instanceof GraphqlAnswerError) return toAnswer(error.answer, this.exchangeOf(operation, error.status));
      throw error;
    }
  }
}

function toAnswer(body: unknown, exchange: Exchange): GraphqlAnswer {
  if (typeof body !== 'object' || body === null || !('data' in body || 'errors' in body)) {
    throw new ResponseShapeError(['neither data nor errors'], exchange);
  }
  const { data, errors } = body as { readonly data?: unknown; readonly errors?: unknown };
  return { data, errors: parseGraphqlErrors(errors), exchange };
}

function shownPath(operation: string): string {
  return `${GRAPHQL_PATH} (${operation})`;
}

function isUnauthenticated({ status }: GraphqlError): boolean {
  return status === 401;
}
