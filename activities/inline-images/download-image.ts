import type { AttachmentRequest, OpenAttachment } from '../../confluence/client';
import { UnavailableError } from '../../http/errors';
import { itemKey } from '../../rules/item';
import type { Limiter } from '../context';
import type { ImageBudget } from './image-budget';
import type { PlacedImage } from './place-images';
import { type Base64Image, readBase64 } from './read-base64';

/** Where the bytes of images come from. */
export interface ImageDownloads {
  openAttachment(request: AttachmentRequest): Promise<OpenAttachment>;
  /** Bounds the transfers of all of a tenant's activities; a place is held until the last byte. */
  readonly transfers: Limiter;
}

/**
 * Reads an image within the budget of its page. A listing's size is a hint: it is taken from the budget before, and
 * what comes beyond it while it comes.
 *
 * @returns `undefined` for an image that is empty, larger than `maxBytes`, or does not fit
 * @throws {HttpError}
 * @throws {UnavailableError} also when it ends before its listed size: a body without an announced length that is cut
 *   looks complete to HTTP
 */
export async function downloadImage(
  { pageId, attachment, macros }: PlacedImage,
  downloads: ImageDownloads,
  budget: ImageBudget,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Base64Image | undefined> {
  const listed = attachment.fileSize ?? 0;
  // The body holds an image once for each place.
  const places = Math.max(1, macros.length);
  let taken = 0;
  const hold = (byteLength: number): boolean => {
    const more = byteLength * places - taken;
    if (more > 0 && !budget.take(more)) return false;
    taken += Math.max(0, more);
    return true;
  };
  let kept = 0;
  try {
    if (!hold(listed)) return undefined;
    const { id: attachmentId, downloadPath } = attachment;
    const image = await downloads.transfers(async () => {
      const { stream } = await downloads.openAttachment({ pageId, attachmentId, downloadPath, signal });
      return readBase64(stream, (byteLength) => byteLength <= maxBytes && hold(byteLength));
    });
    if (image === undefined) return undefined;
    if (image.byteLength < listed) {
      const exchange = { method: 'GET', path: `attachment ${itemKey(pageId, attachmentId)}`, status: 200 };
      throw new UnavailableError(`it ended after ${image.byteLength} of ${listed} bytes`, exchange, true);
    }
    if (image.byteLength === 0) return undefined;
    kept = taken;
    return image;
  } finally {
    budget.giveBack(taken - kept);
  }
}
