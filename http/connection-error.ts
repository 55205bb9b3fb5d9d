import axios from 'axios';
import { type Exchange, HttpError, ResponseShapeError, UnavailableError } from './errors';
import { BodyTooLongError } from './body';
import { TunnelError } from './tunnel-agent';
import { isCertificate, tunnelFailure } from './tunnel-failure';

/** Failures before the first byte of the request left: the server cannot have done anything. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECT_TIMEOUT',
  'TOO_LATE',
]);

const MEANING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing accepts connections there. Check the address, and whether the server runs.',
  ENOTFOUND: 'its name is not known. Check the address and the name server.',
  EAI_AGAIN: 'the name server does not answer.',
  CONNECT_TIMEOUT: 'no connection could be made in time. Check the network, firewall and proxy.',
  TOO_LATE: 'it was not sent: by the time its connection stood, somebody else might have taken its work over.',
  HEADERS_TIMEOUT: 'the server accepted the request and did not answer in time.',
  IDLE_TIMEOUT: 'the connection stalled: no more bytes came through.',
  BODY_CUT: 'the connection broke in the middle of the body.',
};

/**
 * The typed error of an exchange that broke, at any point.
 *
 * @param exchange with the status if the answer's headers had come already
 */
export function toConnectionError(cause: unknown, exchange: Exchange): HttpError {
  // The body that we were sending failed by itself, and knows best why.
  if (cause instanceof HttpError) return cause;
  if (cause instanceof BodyTooLongError) return new ResponseShapeError([`body: ${cause.message}`], exchange);
  if (cause instanceof TunnelError) return tunnelFailure(cause, exchange);
  const code = codeOf(cause);
  const certificate = isCertificate(code);
  const meaning = certificate
    ? 'its certificate is not trusted. Check the certificate, or make its authority known with NODE_EXTRA_CA_CERTS.'
    : (MEANING[code] ?? 'the connection broke.');
  return new UnavailableError(
    `${meaning} It is tried again (${code}).`,
    exchange,
    certificate || NEVER_SENT.has(code),
    code,
  );
}

function codeOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'CONNECTION_BROKEN';
}

/** What is thrown for an exchange that broke: the abort's own reason, if it was we who broke it. */
export function brokenExchange(cause: unknown, exchange: Exchange, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  // axios keeps what happened in `cause`; itself it holds the request's headers, and so the token.
  const original = axios.isAxiosError(cause) ? (cause.cause ?? cause) : cause;
  return toConnectionError(original, exchange);
}
