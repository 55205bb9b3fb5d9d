import { isAttachment, type Attachment, type SearchDocument } from '../site/content';
import type { ConfluenceContext } from './context';

/**
 * `_links.base`: where browsers find the application, also when the API was called through a gateway.
 *
 * On Data Center it is the base URL that an administrator typed in, which need not be the one that is called.
 */
export function baseLink({ addresses, flavor, switches, contextPath }: ConfluenceContext): string {
  if (flavor === 'cloud') return `${addresses.confluence}${contextPath}`;
  return switches.baseMismatch ? `http://confluence.internal:8090${contextPath}` : addresses.confluence;
}

/** `_links.webui`, relative to the application. */
export function webuiLink(document: SearchDocument): string {
  const { id, spaceKey, title, type, createdAt } = document;
  const space = `/spaces/${spaceKey}`;
  if (isAttachment(document))
    return `${space}/pages/${document.parentId}?preview=${encodeURIComponent(preview(document))}`;
  if (type === 'page') return `${space}/pages/${id}/${encodeTitle(title)}`;
  if (type !== 'blogpost') return `${space}/${type}/${id}`;
  const [day = ''] = new Date(createdAt).toISOString().split('T');
  return `${space}/blog/${day.replaceAll('-', '/')}/${id}/${encodeTitle(title)}`;
}

/** `_links.tinyui`: the id's bytes, lowest first. */
export function tinyLink(id: string): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(id));
  const code = bytes.toString('base64').replace(/A*=*$/, '').replaceAll('+', '_').replaceAll('/', '-');
  return `/x/${code}`;
}

/** `_links.download`, relative to the application. */
export function downloadLink(attachment: Attachment, { flavor, switches }: ConfluenceContext): string {
  const { id, parentId, title, version } = attachment;
  if (flavor === 'cloud' && switches.downloadLink === 'rest') {
    return `/rest/api/content/${parentId}/child/attachment/${id}/download`;
  }
  const query = `version=${version.number}&modificationDate=${version.when}`;
  const cacheVersion = flavor === 'cloud' ? '&cacheVersion=1' : '';
  return `/download/attachments/${parentId}/${encodeURIComponent(title)}?${query}${cacheVersion}&api=v2`;
}

function preview({ id, parentId, title }: Attachment): string {
  return `/${parentId}/${id.replace(/^att/, '')}/${title}`;
}

function encodeTitle(title: string): string {
  return encodeURIComponent(title).replaceAll('%20', '+');
}
