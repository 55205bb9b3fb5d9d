import type { UniquePlatform } from './platform';
import type { ServiceCall } from './service-call';

const WRITE = 'write';
const READ = 'read';

/** Where the bytes of a content are put; signed, and good for a while. */
export function writeUrl(contentId: string, { platform, storageOrigin }: ServiceCall): string {
  return `${storageOrigin}/scoped/upload?key=${key(WRITE, contentId, platform)}`;
}

/** Where the bytes of a content can be read; signed, and good for a while. */
export function readUrl(contentId: string, { platform, origin }: ServiceCall): string {
  return `${origin}/ingestion/scoped/read?key=${key(READ, contentId, platform)}`;
}

/** The content that a `key` of a write or read URL is good for; `undefined` when it is forged or has expired. */
export function contentOfKey(keyText: string, purpose: 'write' | 'read', platform: UniquePlatform): string | undefined {
  const [signedFor, contentId] = platform.signer.verify(keyText)?.split(':') ?? [];
  return signedFor === purpose ? contentId : undefined;
}

/** The content whose bytes lie at a `fileUrl`. */
export function fileIdOf(fileUrl: string, platform: UniquePlatform): string | undefined {
  const query = fileUrl.slice(fileUrl.indexOf('?') + 1);
  return contentOfKey(new URLSearchParams(query).get('key') ?? '', READ, platform);
}

function key(purpose: string, contentId: string, { signer, switches }: UniquePlatform): string {
  return encodeURIComponent(signer.sign(`${purpose}:${contentId}`, switches.writeUrlLifetimeMs));
}
