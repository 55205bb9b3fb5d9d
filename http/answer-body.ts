import { passBody, readBody, readStart } from './body';
import { brokenExchange } from './connection-error';
import type { Answer } from './connections';
import { type Exchange, type HttpError, ResponseShapeError } from './errors';
import { isHtml, isRedirect, loginPageError } from './failed-answer';
import type { ResponseBodies } from './request';

/** JSON is parsed in memory; a longer one is a mistake. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;
const MAX_DROPPED_BYTES = 1024 * 1024;

/** An answer and what is needed to read it. */
export interface AnsweredExchange {
  readonly exchange: Exchange & { readonly status: number };
  readonly answer: Answer;
  readonly idleBodyMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Whether an answer is what the response type promises, so that {@link readAnswer} may read it. */
export function isExpected(responseType: keyof ResponseBodies, { status, headers }: Answer): boolean {
  if (responseType === 'redirect' && isRedirect(status)) return headers.location !== undefined;
  return status >= 200 && status <= 299;
}

const READERS: { readonly [R in keyof ResponseBodies]: (answered: AnsweredExchange) => Promise<ResponseBodies[R]> } = {
  json: readJson,
  async stream({ answer, exchange, idleBodyMs, signal }) {
    return passBody(answer.body, idleBodyMs, (cause) => brokenExchange(cause, exchange, signal));
  },
  async none(answered) {
    if (isPage(answered)) throw refuse(answered, loginPageError(answered.exchange));
    // Read, so that the connection can be used again. That it worked is known already.
    await readStart(answered.answer.body, MAX_DROPPED_BYTES, answered.idleBodyMs);
  },
  async redirect(answered) {
    const { location } = answered.answer.headers;
    if (isRedirect(answered.exchange.status) && location !== undefined) {
      await readStart(answered.answer.body, MAX_DROPPED_BYTES, answered.idleBodyMs);
      return location;
    }
    if (isPage(answered)) throw refuse(answered, loginPageError(answered.exchange));
    throw refuse(answered, new ResponseShapeError(['no redirect'], answered.exchange));
  },
};

/**
 * The body of an expected answer.
 *
 * @throws {UnauthorizedError} for a web page where data should be
 * @throws {ResponseShapeError} for anything else that is not what was asked for
 * @throws {UnavailableError} when the body breaks off
 */
export function readAnswer<R extends keyof ResponseBodies>(
  responseType: R,
  answered: AnsweredExchange,
): Promise<ResponseBodies[R]> {
  return READERS[responseType](answered);
}

async function readJson(answered: AnsweredExchange): Promise<unknown> {
  const { answer, exchange, idleBodyMs, signal } = answered;
  if (isPage(answered)) throw refuse(answered, loginPageError(exchange));
  const contentType = answer.headers['content-type'] ?? 'no content type';
  if (!/[/+]json\b/i.test(contentType)) {
    throw refuse(answered, new ResponseShapeError([`${contentType.slice(0, 60)} instead of JSON`], exchange));
  }
  const body = await readBody(answer.body, MAX_JSON_BYTES, idleBodyMs).catch((cause: unknown) => {
    throw brokenExchange(cause, exchange, signal);
  });
  try {
    return JSON.parse(body.toString());
  } catch {
    // The parser's message quotes the body.
    throw new ResponseShapeError(['no valid JSON'], exchange);
  }
}

/** An empty body is no page, whatever it calls itself: some servers type every answer as HTML. */
function isPage({ answer: { headers } }: AnsweredExchange): boolean {
  return isHtml(headers) && headers['content-length'] !== '0';
}

function refuse({ answer }: AnsweredExchange, error: HttpError): HttpError {
  answer.body.destroy();
  return error;
}
