import { type AttachmentRules, isWantedAttachment, normalizeMimeType } from './attachment-filter';

/** Where the picture of an image macro is. */
export type ImageReference =
  /** A file attached to the page itself. */
  | { readonly kind: 'own'; readonly fileName: string }
  /** A file attached to another page, named by its title; without a space it is in the same one. */
  | { readonly kind: 'other-page'; readonly fileName: string; readonly title: string; readonly spaceKey?: string }
  /** Somewhere on the web. */
  | { readonly kind: 'external' }
  | { readonly kind: 'unknown' };

/** What an image keeps of its macro; entities decoded, absent where the macro says nothing. */
export interface ImageAttributes {
  readonly alt?: string;
  readonly title?: string;
  readonly width?: string;
  readonly height?: string;
}

/** A stretch of a body: offsets as strings count, `end` exclusive. */
export interface BodyRange {
  readonly start: number;
  readonly end: number;
}

/** An `ac:image` element, from its `<` to behind its `>`. */
export interface ImageMacro extends BodyRange {
  readonly reference: ImageReference;
  readonly attributes: ImageAttributes;
  /** Its `ac:caption` elements: text that people wrote, which must outlive the macro. */
  readonly captions: readonly BodyRange[];
}

/** An element inside an image macro. */
export interface MacroElement {
  readonly name: string;
  /** Names of the elements around it, the outermost first; the macro itself is not among them. */
  readonly path: readonly string[];
  /** Values with entities decoded. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * What an image macro shows, told by the elements inside it. File names are compared as stored: nothing is unescaped
 * or normalized beyond the entities. A reference to anything but a page (blog post, content id), or to a page without
 * a title, is unknown: a file of the same name at the own page would be another picture.
 *
 * @see https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html (image elements)
 */
export function imageReference(elements: readonly MacroElement[]): ImageReference {
  const attachment = elements.find(({ name, path }) => name === 'ri:attachment' && path.length === 0);
  if (attachment === undefined) {
    const isExternal = elements.some(({ name, path }) => name === 'ri:url' && path.length === 0);
    return { kind: isExternal ? 'external' : 'unknown' };
  }
  const fileName = attachment.attributes.get('ri:filename') ?? '';
  if (fileName === '') return { kind: 'unknown' };
  const holder = elements.find(({ path }) => path.length === 1 && path[0] === 'ri:attachment');
  if (holder === undefined) return { kind: 'own', fileName };
  const title = holder.attributes.get('ri:content-title') ?? '';
  if (holder.name !== 'ri:page' || title.trim() === '') return { kind: 'unknown' };
  const spaceKey = holder.attributes.get('ri:space-key') ?? '';
  return { kind: 'other-page', fileName, title, ...(spaceKey !== '' && { spaceKey }) };
}

/** The attributes of an image macro that its image keeps; an empty one says nothing. */
export function imageAttributes(macro: ReadonlyMap<string, string>): ImageAttributes {
  const [alt, title, width, height] = ['ac:alt', 'ac:title', 'ac:width', 'ac:height'].map((name) => macro.get(name));
  return { ...(alt && { alt }), ...(title && { title }), ...(width && { width }), ...(height && { height }) };
}

/**
 * Whether an attachment becomes part of its page where images are inlined, and so is no content of its own: an image
 * that the rules for attachments want.
 */
export function isInlineImage(
  attachment: { readonly mediaType?: string; readonly fileSize?: number },
  rules: AttachmentRules,
): boolean {
  return normalizeMimeType(attachment.mediaType ?? '').startsWith('image/') && isWantedAttachment(attachment, rules);
}

/**
 * The text around the base64 of an image: an `img` element with a data URI, well-formed in XML and in HTML, because
 * storage format is read as both.
 *
 * @param mediaType as Confluence says it; its parameters are left out
 */
export function imageElement(
  { alt, title, width, height }: ImageAttributes,
  { fileName, mediaType }: { readonly fileName: string; readonly mediaType: string },
): { readonly before: string; readonly after: string } {
  const attributes = Object.entries({ alt: alt ?? fileName, title, width, height })
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
  const mimeType = escapeAttribute(normalizeMimeType(mediaType));
  return { before: `<img${attributes} src="data:${mimeType};base64,`, after: '" />' };
}

function escapeAttribute(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}
