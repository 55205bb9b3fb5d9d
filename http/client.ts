import { isExpected, readAnswer } from './answer-body';
import { createAddresses } from './address';
import { readStart } from './body';
import type { Budget } from './budget';
import { brokenExchange } from './connection-error';
import { createConnections } from './connections';
import { type Exchange, ProxyRefusedError, UnauthorizedError } from './errors';
import { type FailedAnswer, type Interpretation, toHttpError } from './failed-answer';
import { canBeSentAgain, closeBody, type OutgoingBody, outgoingBody } from './outgoing-body';
import { createPacing } from './pacing';
import type { Proxy } from './proxy';
import type { HttpRequest, HttpResponse, ResponseBodies } from './request';
import { countFailedAnswer, countRequest } from './request-counts';
import type { TokenSource } from './tokens';
import { DEFAULT_TIMEOUTS } from './transport';

export type {
  HttpRequest,
  HttpResponse,
  RequestBody,
  RequestKind,
  RequestTarget,
  ResponseBodies,
  SendBefore,
} from './request';

/** One target: its connections, its budget, its credential. */
export interface HttpClient {
  /**
   * Waits for its turn and makes one attempt; a second one only with a new token, when the old one was refused and the
   * body can be sent again. An aborted signal's reason is thrown as it is.
   *
   * @throws {HttpError} one of its classes, for everything that is no success
   */
  request<R extends keyof ResponseBodies>(request: HttpRequest<R>): Promise<HttpResponse<ResponseBodies[R]>>;
  /** Closes the connections; requests under way fail. */
  close(): void;
}

/** What a client is made for. */
export interface HttpClientOptions {
  /** Without a slash at its end; may have a path. */
  readonly baseUrl: string;
  /** That of the server behind `baseUrl`, tokens included. Without one, requests go out at once. */
  readonly budget?: Budget;
  /** A token source, or the headers of a credential that cannot be refreshed; asked for every request. */
  readonly authorization?: TokenSource | (() => Promise<Readonly<Record<string, string>>>);
  /** The vendor's own way of failing; before it, only the body was read. */
  readonly interpret?: Interpretation;
  /** Without one, servers are called directly. */
  readonly proxy?: Proxy | undefined;
}

const MAX_ERROR_BODY_BYTES = 16 * 1024;

/** What an attempt was made with. */
interface Sent {
  /** Forgets its token; absent when it had none that could be fetched anew. */
  refuse?: () => void;
}

/** Makes a client for one target. */
export function createHttpClient({ baseUrl, budget, authorization, interpret, proxy }: HttpClientOptions): HttpClient {
  const connections = createConnections(proxy);
  const addresses = createAddresses(baseUrl);
  const pacing = createPacing(budget);

  async function attempt<R extends keyof ResponseBodies>(
    request: HttpRequest<R>,
    sent: Sent,
  ): Promise<HttpResponse<ResponseBodies[R]>> {
    const { kind, method, signal } = request;
    const exchange: Exchange = { method, path: addresses.shown(request) };
    const credential =
      request.token === false || !addresses.isOwn(request) ? {} : await credentialHeaders(sent, signal);
    await pacing.takeTurn(kind, exchange, signal);
    const sendBefore = await request.sendBefore?.();
    signal?.throwIfAborted();
    const outgoing = outgoingBody(request.body);
    countRequest(kind);
    try {
      const headers = { ...outgoing.headers, ...request.headers, ...credential };
      return await exchangeOnce(request, exchange, outgoing, headers, sendBefore);
    } finally {
      closeBody(outgoing);
    }
  }

  async function exchangeOnce<R extends keyof ResponseBodies>(
    request: HttpRequest<R>,
    exchange: Exchange,
    { data }: OutgoingBody,
    headers: Readonly<Record<string, string>>,
    sendBefore: number | undefined,
  ): Promise<HttpResponse<ResponseBodies[R]>> {
    const { kind, method, responseType, signal } = request;
    const timeouts = { ...DEFAULT_TIMEOUTS, ...request.timeouts };
    const answer = await connections
      .send({
        method,
        url: addresses.of(request),
        headers: { ...ACCEPTED[responseType], ...headers },
        ...(data !== undefined && { data }),
        signal,
        timeouts,
        sendBefore,
      })
      .catch((cause: unknown) => {
        throw brokenExchange(cause, exchange, signal);
      });
    const answered = { ...exchange, status: answer.status };
    const { idleBodyMs } = timeouts;
    pacing.heed(kind, answer.headers);
    if (!isExpected(responseType, answer)) {
      const body = (await readStart(answer.body, MAX_ERROR_BODY_BYTES, idleBodyMs)).toString();
      signal?.throwIfAborted();
      throw await failure({ kind, exchange: answered, headers: answer.headers, body });
    }
    const body = await readAnswer(responseType, { exchange: answered, answer, idleBodyMs, signal });
    return { status: answer.status, headers: answer.headers, body, exchange: answered };
  }

  async function credentialHeaders(
    sent: Sent,
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, string>>> {
    if (authorization === undefined) return {};
    if (typeof authorization === 'function') return authorization();
    const token = await authorization.authorization(signal);
    sent.refuse = () => authorization.invalidate(token);
    return { authorization: token };
  }

  async function failure(answer: FailedAnswer): Promise<Error> {
    const error = interpret?.(answer) ?? toHttpError(answer, Date.now());
    countFailedAnswer(answer.kind, error);
    await pacing.pauseAfter(answer.kind, error);
    return error;
  }

  return {
    async request(request) {
      const sent: Sent = {};
      try {
        return await attempt(request, sent);
      } catch (error) {
        // A proxy's refusal says nothing about the token.
        const isRefused = error instanceof UnauthorizedError && !(error instanceof ProxyRefusedError);
        if (!isRefused || sent.refuse === undefined || !canBeSentAgain(request.body)) throw error;
        sent.refuse();
      }
      return attempt(request, {});
    },
    close: () => connections.close(),
  };
}

/** Bytes are asked for as they are, so that their length is known; everything else may come compressed. */
const COMPRESSED = { 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'SyncSpace' };
const ACCEPTED: { readonly [R in keyof ResponseBodies]: Readonly<Record<string, string>> } = {
  json: { ...COMPRESSED, accept: 'application/json' },
  stream: { 'accept-encoding': 'identity', 'user-agent': 'SyncSpace', accept: '*/*' },
  none: { ...COMPRESSED, accept: '*/*' },
  redirect: { ...COMPRESSED, accept: '*/*' },
};
