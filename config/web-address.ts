import { z } from 'zod';

const EXAMPLE = 'Write a whole address that begins with https:// (or http://).';

/**
 * The base URL of a service, onto which paths are put: http or https, no slash at the end, no query, no credentials.
 *
 * A context path is fine. The text is kept as written.
 */
export function baseUrl() {
  return webAddress().refine((value) => !value.endsWith('/'), { error: 'Take the slash at its end away.' });
}

/** A URL that is called as it stands: http or https, no query, no credentials. */
export function webAddress() {
  return z
    .string({ error: EXAMPLE })
    .trim()
    .refine((value) => toHttpUrl(value) !== undefined, { error: EXAMPLE, abort: true })
    .refine((value) => !/[?#]/.test(value), { error: 'Take everything from the ? or # on away.' })
    .refine((value) => toHttpUrl(value)?.username === '' && toHttpUrl(value)?.password === '', {
      error: 'Take user name and password out of the address; they have keys of their own.',
    });
}

/**
 * Whether requests to this address can be read on their way: plain http to a host that is neither this machine nor,
 * by its name, inside the Kubernetes cluster.
 */
export function isExposed(address: string): boolean {
  const url = toHttpUrl(address);
  if (url?.protocol !== 'http:') return false;
  const host = url.hostname;
  const isLoopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
  const isClusterName = /^[^.[]+$|\.svc$|\.cluster\.local$/.test(host);
  return !isLoopback && !isClusterName;
}

/** Host, port and path, in which two spellings of one site agree: case of the host, default port, http or https. */
export function siteOf(address: string): string {
  const { host, pathname } = new URL(address);
  return `${host}${pathname.replace(/\/+$/, '')}`;
}

function toHttpUrl(value: string): URL | undefined {
  if (!/^https?:\/\/[^/]/i.test(value)) return undefined;
  return URL.canParse(value) ? new URL(value) : undefined;
}
