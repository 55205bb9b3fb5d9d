import type { HttpRequest, ResponseBodies } from './request';

/** Where the requests of one client go. */
export interface Addresses {
  /** The whole URL, query included. */
  of(request: HttpRequest<keyof ResponseBodies>): string;
  /** What errors call it: without host and query. */
  shown(request: HttpRequest<keyof ResponseBodies>): string;
  /** Whether it is the client's own server, so that the credential may go there. */
  isOwn(request: HttpRequest<keyof ResponseBodies>): boolean;
}

/** Addresses below a base URL, which may have a path but no slash at its end. */
export function createAddresses(baseUrl: string): Addresses {
  const { origin, pathname } = new URL(baseUrl);
  const basePath = pathname.replace(/\/$/, '');
  return {
    of: (request) => addQuery('url' in request ? request.url : baseUrl + request.path, request.query),
    shown: (request) =>
      'url' in request ? request.shownAs : (request.shownAs ?? basePath + withoutQuery(request.path)),
    isOwn: (request) => !('url' in request) || originOf(request.url) === origin,
  };
}

const withoutQuery = (path: string): string => path.replace(/[?#].*$/s, '');

function originOf(url: string): string | undefined {
  try {
    return new URL(url).origin;
  } catch {
    // The request itself will fail; its credential stays here.
    return undefined;
  }
}

function addQuery(url: string, query: Readonly<Record<string, string | number | undefined>> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  if (pairs.length === 0) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}
