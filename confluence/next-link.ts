/**
 * Where a `next` link leads, as a path below the gateway (or site) that we call: `/wiki/rest/api/…?…`, the context
 * always there once. v1 leaves the context out, v2 has it (observed on live sites), and some versions link absolutely, to the site even when the
 * gateway was called; the host is never followed.
 *
 * @param next as received
 * @param expected the path that was asked for, context included
 * @returns `undefined` when the listing ends here
 * @throws {StrayNextLinkError} when it leads elsewhere; taking that for the end would make a cut listing look complete
 */
export function resolveNext(next: unknown, expected: string): string | undefined {
  if (next === undefined || next === null) return undefined;
  if (typeof next !== 'string') throw new StrayNextLinkError();
  const relative = next.replace(/^https?:\/\/[^/?#]+/i, '').replace(/^\/ex\/confluence\/[^/?#]+/, '');
  const [path = '', query = ''] = relative.replace(/#.*$/s, '').split(/\?(.*)/s);
  const context = expected.slice(0, expected.indexOf('/', 1));
  const joined = path.startsWith(`${context}/`) ? path : context + path;
  if (joined !== expected || query === '') throw new StrayNextLinkError();
  return `${joined}?${query}`;
}

/** Thrown when a listing goes on somewhere else. */
export class StrayNextLinkError extends Error {
  override readonly name = 'StrayNextLinkError';
}
