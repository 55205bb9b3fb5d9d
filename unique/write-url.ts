import { WriteUrlError } from './errors';

/**
 * Where the bytes of a content go inside the cluster: the host of the write URL is not reachable there, but the
 * ingestion service takes uploads under the key in it.
 *
 * @throws {WriteUrlError} when the write URL has no `key`
 */
export function toScopedUploadUrl(writeUrl: string, ingestionServiceBaseUrl: string): string {
  // Services inside a cluster may answer a URL without a host.
  const key = parseUrl(writeUrl, 'http://relative.invalid').searchParams.get('key');
  if (key === null || key === '') throw new WriteUrlError('has no parameter `key`');
  return `${ingestionServiceBaseUrl}/scoped/upload?key=${encodeURIComponent(key)}`;
}

/**
 * A write URL that is used as it is.
 *
 * @throws {WriteUrlError} when it is no web address
 */
export function checkedWriteUrl(writeUrl: string): string {
  const { protocol } = parseUrl(writeUrl);
  if (protocol !== 'https:' && protocol !== 'http:') throw new WriteUrlError('is no web address');
  return writeUrl;
}

function parseUrl(text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch {
    // The parser's error quotes the URL, which is a secret.
    throw new WriteUrlError('is no web address');
  }
}
