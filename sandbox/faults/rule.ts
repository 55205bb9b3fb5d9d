import type { Gate } from './gate';

/** What happens to a request instead of, or around, being carried out. */
export type FaultEffect =
  /** Answered with `status`, not carried out. `retryAfter` as it stands in the header; `body` as text or as JSON. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: string | number;
      readonly body?: unknown;
      readonly contentType?: string;
    }
  /** The connection ends without an answer; not carried out. */
  | { readonly kind: 'drop' }
  /** Carried out; the connection ends without an answer. */
  | { readonly kind: 'drop-after' }
  /** Answered 200 with a login page; not carried out. */
  | { readonly kind: 'html' }
  /** Carried out `ms` later than usual. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Carried out; the answer's body comes drop by drop. */
  | { readonly kind: 'slow-body'; readonly bytesPerSecond: number }
  /** Carried out; the connection ends in the middle of the answer's body. */
  | { readonly kind: 'cut-body' }
  /**
   * Carried out when the gate opens, whether its sender is still there or not; with `isUnanswered` the connection ends
   * at once.
   */
  | { readonly kind: 'hold'; readonly gate: Gate; readonly isUnanswered?: boolean }
  /** Answered 504 at once, and carried out `ms` after that. */
  | { readonly kind: 'delay-apply'; readonly ms: number }
  /** A GraphQL document whose fields fail: all of them, or those contents whose key matches `keys`. The others are carried out. */
  | {
      readonly kind: 'graphql-error';
      readonly message: string;
      readonly keys?: string | RegExp;
      readonly code?: string;
    };

/** What a rule's `match` can look at. */
export interface FaultRequest {
  /** Such as `unique.upsert`. */
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Content keys that the request names; empty where a route has none. */
  readonly keys: readonly string[];
}

/** Which requests a fault strikes. */
export interface FaultTrigger {
  /** Name of a route, or `METHOD /path` as text (whole, without the query) or regular expression (tried on both). */
  readonly route: string | RegExp;
  /** How often it strikes. @default without end */
  readonly times?: number;
  /** How many matching requests it lets pass first. @default 0 */
  readonly after?: number;
  /** How likely it strikes, from 0 to 1. @default 1 */
  readonly probability?: number;
  readonly match?: (request: FaultRequest) => boolean;
}

/** A fault on demand. */
export type FaultRule = FaultTrigger & FaultEffect;

/** A rule that was added. */
export interface FaultHandle {
  /** How often it struck. */
  readonly hits: number;
  /** Takes the rule away. */
  remove(): void;
}
