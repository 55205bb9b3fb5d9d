/** A page (or blog post) or an attachment that becomes one content in Unique. */
export type ItemKind = 'page' | 'attachment';

/** What a run intends with an item. */
export type Action = 'new' | 'updated' | 'unchanged';

/** Key of an item within its space, as the file diff uses it: `{pageId}` or `{pageId}::{attachmentId}`. */
export function itemKey(pageId: string, attachmentId?: string): string {
  return attachmentId === undefined ? pageId : `${pageId}::${attachmentId}`;
}

/** Takes an item key apart again. */
export function parseItemKey(key: string): { readonly pageId: string; readonly attachmentId?: string } {
  const at = key.indexOf('::');
  return at < 0 ? { pageId: key } : { pageId: key.slice(0, at), attachmentId: key.slice(at + 2) };
}
