/** One entry of a GraphQL answer's `errors`. */
export interface GraphqlError {
  /** As the server wrote it: may repeat titles and addresses, so it passes `safeMessage` before anybody sees it. */
  readonly message: string;
  /** Alias or name of the field that failed; absent when the request as a whole was refused. */
  readonly field?: string;
  readonly code?: string;
  /** The HTTP status that the error stands for, where the server tells: GraphQL servers send errors with 200, too. */
  readonly status?: number;
}

/**
 * Reads the `errors` of a GraphQL answer; never fails, whatever it looks like.
 *
 * Apollo and NestJS keep the status in one of several places, or in the code.
 *
 * @see https://spec.graphql.org/October2021/#sec-Errors
 * @see https://www.apollographql.com/docs/apollo-server/data/errors
 */
export function parseGraphqlErrors(errors: unknown): readonly GraphqlError[] {
  return Array.isArray(errors) ? errors.map(parseError) : [];
}

function parseError(error: unknown): GraphqlError {
  const { message, path, extensions } = record(error);
  const field = Array.isArray(path) && typeof path[0] === 'string' ? path[0] : undefined;
  const { code } = record(extensions);
  const status = statusOf(record(extensions));
  return {
    message: typeof message === 'string' && message !== '' ? message : 'no reason given',
    ...(field === undefined ? {} : { field }),
    ...(typeof code === 'string' ? { code } : {}),
    ...(status === undefined ? {} : { status }),
  };
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, FORBIDDEN: 403 };

function statusOf(extensions: Readonly<Record<string, unknown>>): number | undefined {
  const { code, status, statusCode, http, originalError } = extensions;
  if (typeof code === 'string' && STATUS_OF_CODE[code] !== undefined) return STATUS_OF_CODE[code];
  const candidates = [record(originalError)['statusCode'], statusCode, status, record(http)['status'], code];
  return candidates.map(Number).find((number) => Number.isInteger(number) && number >= 400 && number <= 599);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
