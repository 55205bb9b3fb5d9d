import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** How long each part of a request may take; milliseconds. There is no limit for the whole: slow is not broken. */
export interface Timeouts {
  /** From asking for a connection until it stands, TLS included. */
  readonly connectMs: number;
  /** From the request being sent until the answer's headers. */
  readonly headersMs: number;
  /** Without a byte moving while a body is sent or read. Time in which we do not ask for bytes does not count. */
  readonly idleBodyMs: number;
}

/** Default time-outs. */
export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 15_000, headersMs: 30_000, idleBodyMs: 60_000 };

/** The error that a request or a body ends with when a part of it took too long; `code` says which. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';

  constructor(
    readonly code: 'CONNECT_TIMEOUT' | 'HEADERS_TIMEOUT' | 'IDLE_TIMEOUT',
    readonly afterMs: number,
  ) {
    super(`${code} after ${afterMs} ms`);
  }
}

/** The error that a request ends with when it was not sent, because its connection stood too late. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
  readonly code = 'TOO_LATE';
}

/** What axios calls to send one request. */
export interface Transport {
  request(options: https.RequestOptions, answered: (answer: http.IncomingMessage) => void): http.ClientRequest;
}

/**
 * Node's own transport under watch: one request that ends with a {@link TimeoutError} where it stalls.
 *
 * axios has only one time-out, which counts waiting for a free connection and reading a slow download as well.
 *
 * @param onAnswer sees the answer's headers before axios changes them
 * @param sendBefore milliseconds since the epoch; a request whose connection stands later ends with {@link TooLateError}
 */
export function createTransport(
  timeouts: Timeouts,
  onAnswer: (answer: http.IncomingMessage) => void,
  sendBefore = Infinity,
): Transport {
  return {
    request(options, answered) {
      const { request } = options.protocol === 'https:' ? https : http;
      const sent = request(options, (answer) => {
        onAnswer(answer);
        answered(answer);
      });
      watch(sent, timeouts, sendBefore);
      return sent;
    },
  };
}

function watch(request: http.ClientRequest, { connectMs, headersMs, idleBodyMs }: Timeouts, sendBefore: number): void {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const limit = (code: TimeoutError['code'], ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => request.destroy(new TimeoutError(code, ms)), ms);
  };
  const stalled = () => request.destroy(new TimeoutError('IDLE_TIMEOUT', idleBodyMs));
  request.once('socket', (socket: Socket) => {
    // Next tick: axios sets the socket's time-out to zero in listeners that run after these.
    const watchProgress = () => process.nextTick(() => socket.setTimeout(idleBodyMs));
    // Nothing was written yet: Node does that after these listeners.
    const stands = () => {
      clearTimeout(timer);
      if (Date.now() > sendBefore) request.destroy(new TooLateError());
    };
    if (socket.connecting) {
      limit('CONNECT_TIMEOUT', connectMs);
      socket.once('connect', watchProgress);
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stands);
    } else {
      watchProgress();
      stands();
    }
    socket.on('timeout', stalled);
    const release = () => {
      isOver = true;
      clearTimeout(timer);
      socket.off('timeout', stalled);
    };
    request.once('response', release).once('close', release);
  });
  request.once('finish', () => {
    // The body is handed over: from here on it is the server's turn. It may have answered before.
    if (!isOver) limit('HEADERS_TIMEOUT', headersMs);
  });
}
