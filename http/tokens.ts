/** Gives the `Authorization` header of a credential that has to be fetched and expires. */
export interface TokenSource {
  /**
   * Current header value; one request for parallel callers; cached with a margin. Failures are not cached.
   *
   * @throws the signal's reason when the caller leaves; the request goes on for the others
   */
  authorization(signal?: AbortSignal): Promise<string>;
  /** Forgets the token if it still is the one that was refused, so that many refusals cost one new token. */
  invalidate(refused: string): void;
  /** When the current token expires; milliseconds since the epoch. `undefined` without a token, or if it never does. */
  expiresAt(): number | undefined;
}

/** What an OAuth token endpoint answers. */
export interface AccessToken {
  readonly accessToken: string;
  /** Absent: good until it is refused. */
  readonly expiresInSeconds?: number;
}

const DEFAULT_MARGIN_MS = 5 * 60_000;

/**
 * Caches bearer tokens.
 *
 * @param options.marginMs a token is not used in the last part of its life, at most half of it. Default 5 minutes.
 */
export function createTokenSource(
  fetchToken: () => Promise<AccessToken>,
  options: { readonly marginMs?: number; readonly now?: () => number } = {},
): TokenSource {
  const { marginMs = DEFAULT_MARGIN_MS, now = Date.now } = options;
  let current: { readonly header: string; readonly freshUntil: number; readonly expiresAt?: number } | undefined;
  let pending: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const askedAt = now();
    const { accessToken, expiresInSeconds } = await fetchToken();
    const header = `Bearer ${accessToken}`;
    if (expiresInSeconds === undefined) {
      current = { header, freshUntil: Infinity };
    } else {
      const lifeMs = expiresInSeconds * 1000;
      const expiresAt = askedAt + lifeMs;
      current = { header, freshUntil: expiresAt - Math.min(marginMs, lifeMs / 2), expiresAt };
    }
    return header;
  }

  return {
    async authorization(signal) {
      if (current !== undefined && now() < current.freshUntil) return current.header;
      pending ??= renew().finally(() => (pending = undefined));
      return leavable(pending, signal);
    },
    invalidate(refused) {
      if (current?.header === refused) current = undefined;
    },
    expiresAt: () => current?.expiresAt,
  };
}

function leavable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    const done = () => signal.removeEventListener('abort', leave);
    work.then(resolve, reject).finally(done);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
