import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Exchange } from './errors';
import type { Timeouts } from './transport';

/**
 * What a request is for. Decides what it counts as and whether it passes the budget: `confluence`, `download` and
 * `unique` do; `upload` and `redirect` (the second half of a download) do not; `token` waits for its pauses alone.
 */
export type RequestKind = 'confluence' | 'download' | 'redirect' | 'unique' | 'upload' | 'token';

/** What becomes of a successful answer's body; `none` reads and drops it. */
export interface ResponseBodies {
  /** Not checked beyond being JSON: parse it. */
  readonly json: unknown;
  /** Must be read to its end or destroyed; ends with an `UnavailableError` when it is cut or stalls. */
  readonly stream: Readable;
  readonly none: undefined;
  /** The `Location` of a 3xx; anything else is an error. No other response type accepts a redirect, and none follows it. */
  readonly redirect: string;
}

/** A request body; `stream` as a function is asked again when the request has to be sent with a new token. */
export type RequestBody =
  | { readonly json: unknown }
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly stream: Readable | (() => Readable); readonly contentLength: number; readonly contentType: string };

/** Where to: below the client's base URL, or anywhere. A URL of another origin never gets the client's credential. */
export type RequestTarget =
  | { readonly path: string; /** For errors, when the path itself says too much. */ readonly shownAs?: string }
  | { readonly url: string; /** Stands for the URL in errors: it may be signed. */ readonly shownAs: string };

/**
 * Until when a request may be sent; milliseconds since the epoch. Asked when its turn has come, and looked at again when
 * its connection stands. What it throws is thrown as it is.
 *
 * For requests that write: while one waited, somebody else may have taken its work over.
 */
export type SendBefore = () => Promise<number>;

/** One request. */
export type HttpRequest<R extends keyof ResponseBodies> = RequestTarget & {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly kind: RequestKind;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly responseType: R;
  /** Reaches the socket; its reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
  readonly sendBefore?: SendBefore | undefined;
  /** `false` sends no credential. */
  readonly token?: boolean;
  /** Where the default ones do not fit. */
  readonly timeouts?: Partial<Timeouts>;
};

/** A successful answer. */
export interface HttpResponse<T> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: T;
  /** For errors about what the body holds. */
  readonly exchange: Exchange;
}
