import type { AttachmentRow } from '../../confluence/client';
import type { PageReference } from '../../confluence/find-pages';
import { UnavailableError } from '../../http/errors';
import type { AttachmentRules } from '../../rules/attachment-filter';
import { type ImageMacro, isInlineImage } from '../../rules/storage-images';
import { throwIfSystemic } from '../ingest-batch';
import { findImageMacros } from './find-image-macros';
import type { PageLookup } from './page-lookup';

/** A page whose images are to become part of its body. */
export interface InlinePage {
  readonly pageId: string;
  /** Where references that name no space lead. */
  readonly spaceKey: string;
  /** Storage format. */
  readonly body: string;
  /** All attachments of the page; those that are no images do no harm. */
  readonly attachments: readonly AttachmentRow[];
}

/** An image and the places that want it. */
export interface PlacedImage {
  readonly pageId: string;
  readonly attachment: AttachmentRow;
  /** The macros that it replaces; empty for one that no macro refers to, which belongs at the end. */
  readonly macros: readonly ImageMacro[];
}

/** Which image goes where. */
export interface Placement {
  /** In the order of the body, then those for its end in the order of the listing; each image once. */
  readonly images: readonly PlacedImage[];
  /** `false` when Confluence could not be asked about another page. */
  readonly isComplete: boolean;
}

/** The pages that a body's images are attached to, other than its own: to be looked up ahead for many bodies at once. */
export function referencedPages({ body, spaceKey }: Pick<InlinePage, 'body' | 'spaceKey'>): readonly PageReference[] {
  return pagesOf(findImageMacros(body), spaceKey);
}

/**
 * Decides for each macro of a page which image takes its place, and which images are left for the end.
 *
 * @throws {SyncError} around what stops every item: rate limits, refused credentials
 */
export async function placeImages(
  page: InlinePage,
  lookup: PageLookup,
  rules: AttachmentRules,
  signal: AbortSignal,
): Promise<Placement> {
  const macros = findImageMacros(page.body);
  const own = new Map(
    page.attachments.filter((one) => isInlineImage(one, rules)).map((attachment) => [attachment.title, attachment]),
  );
  const elsewhere = pagesOf(macros, page.spaceKey);
  const lookedUp = await lookup.find(elsewhere, signal);
  let { isComplete } = lookedUp;

  const placed = new Map<string, { pageId: string; attachment: AttachmentRow; macros: ImageMacro[] }>();
  for (const macro of macros) {
    const image = await imageOf(macro);
    if (image === undefined) continue;
    const known = placed.get(image.attachment.id);
    if (known === undefined) placed.set(image.attachment.id, { ...image, macros: [macro] });
    else known.macros.push(macro);
  }
  for (const attachment of own.values()) {
    if (!placed.has(attachment.id)) placed.set(attachment.id, { pageId: page.pageId, attachment, macros: [] });
  }
  return { images: [...placed.values()], isComplete };

  async function imageOf({ reference }: ImageMacro) {
    if (reference.kind === 'own') {
      const attachment = own.get(reference.fileName);
      return attachment === undefined ? undefined : { pageId: page.pageId, attachment };
    }
    if (reference.kind !== 'other-page') return undefined;
    const found = lookedUp.pageOf({ spaceKey: reference.spaceKey ?? page.spaceKey, title: reference.title });
    if (found === undefined) return undefined;
    try {
      const attachment = await lookup.attachment(found, reference.fileName, signal);
      return attachment !== undefined && isInlineImage(attachment, rules)
        ? { pageId: found.id, attachment }
        : undefined;
    } catch (error) {
      throwIfSystemic(error, 'download');
      isComplete &&= !(error instanceof UnavailableError);
      return undefined;
    }
  }
}

function pagesOf(macros: readonly ImageMacro[], spaceKey: string): readonly PageReference[] {
  return macros.flatMap(({ reference }) =>
    reference.kind === 'other-page' ? [{ spaceKey: reference.spaceKey ?? spaceKey, title: reference.title }] : [],
  );
}
