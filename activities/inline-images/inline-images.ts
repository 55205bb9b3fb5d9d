import pLimit from 'p-limit';
import { HttpError, UnavailableError } from '../../http/errors';
import type { AttachmentRules } from '../../rules/attachment-filter';
import { SyncError } from '../errors';
import { throwIfSystemic } from '../ingest-batch';
import { downloadImage, type ImageDownloads } from './download-image';
import { ImageBudget } from './image-budget';
import type { PageLookup } from './page-lookup';
import { type InlinePage, placeImages, type PlacedImage } from './place-images';
import type { Base64Image } from './read-base64';
import { type LoadedImage, writeBody } from './write-body';

export type { InlinePage } from './place-images';

/** Images a page may hold unless told otherwise: 32 MiB of files, a third more in the body. */
export const IMAGE_BUDGET_BYTES = 32 * 1024 * 1024;
/** Downloads of one page at a time. */
const DOWNLOADS = 4;

/** What images are taken in, and how much of them. */
export interface ImageLimits extends AttachmentRules {
  /** Bytes of images in one body, an image that is shown twice counted twice; what does not fit stays a macro. */
  readonly budgetBytes: number;
}

/** Where images are found. */
export interface ImageSources extends ImageDownloads {
  readonly lookup: PageLookup;
}

/** An image that became part of a body. */
export interface InlinedImage {
  /** The page that it is attached to. */
  readonly pageId: string;
  readonly attachmentId: string;
  readonly version: number;
}

/** An image that could not be had. */
export interface FailedImage {
  readonly pageId: string;
  readonly attachmentId: string;
  readonly error: HttpError;
}

/** A body as it is sent. */
export interface InlinedPage {
  /** UTF-8. */
  readonly body: Buffer;
  readonly inlined: readonly InlinedImage[];
  /** Whose downloads failed; their macros stay. */
  readonly failed: readonly FailedImage[];
  /** `false` when an image was left out for a reason that may pass: the page is worth another try. */
  readonly isComplete: boolean;
}

/**
 * Makes a page's images part of its body, where the platform can read them: each image macro becomes an `img` with a
 * data URI, and images of the page that no macro refers to follow at the end. Everything else stays byte for byte.
 *
 * What cannot be inlined (external, not wanted, not found, failed, too much) stays a macro. Any unexpected error gives
 * the body as it is. Memory is bounded by the budget: about 2.7 times its bytes at the moment when the body is put
 * together; pages are to be inlined one after the other.
 *
 * Writes no log: names of files and pages are nobody's business.
 *
 * @throws {SyncError} around what stops every item: rate limits, refused credentials
 * @throws the signal's reason, once it is aborted
 */
export async function inlineImages(
  page: InlinePage,
  sources: ImageSources,
  limits: ImageLimits,
  signal: AbortSignal,
): Promise<InlinedPage> {
  try {
    return await inline(page, sources, limits, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SyncError) throw error;
    return { body: Buffer.from(page.body, 'utf8'), inlined: [], failed: [], isComplete: false };
  }
}

async function inline(
  page: InlinePage,
  sources: ImageSources,
  limits: ImageLimits,
  signal: AbortSignal,
): Promise<InlinedPage> {
  const placement = await placeImages(page, sources.lookup, limits, signal);
  const budget = new ImageBudget(limits.budgetBytes);
  const places = pLimit(DOWNLOADS);
  let { isComplete } = placement;
  const stop = new AbortController();
  const untilStopped = AbortSignal.any([signal, stop.signal]);
  const failed: FailedImage[] = [];
  let broken: { readonly error: unknown } | undefined;

  const load = async (image: PlacedImage): Promise<Base64Image | undefined> => {
    try {
      return await downloadImage(image, sources, budget, limits.maxFileSizeBytes, untilStopped);
    } catch (error) {
      throwIfSystemic(error, 'download');
      isComplete &&= !(error instanceof UnavailableError);
      if (error instanceof HttpError) {
        failed.push({ pageId: image.pageId, attachmentId: image.attachment.id, error });
      }
      return undefined;
    }
  };
  // What stops every item stops the page's other downloads: they could wait long for a paused site.
  const loadUnlessBroken = async (image: PlacedImage): Promise<readonly LoadedImage[]> => {
    if (broken !== undefined) return [];
    try {
      const base64 = await load(image);
      return base64 === undefined ? [] : [{ image, base64 }];
    } catch (error) {
      broken ??= { error };
      stop.abort();
      return [];
    }
  };
  const loaded = (await Promise.all(placement.images.map((image) => places(() => loadUnlessBroken(image))))).flat();
  if (broken !== undefined) throw broken.error;
  return {
    body: writeBody(page.body, loaded),
    inlined: loaded.map(({ image: { pageId, attachment } }) => ({
      pageId,
      attachmentId: attachment.id,
      version: attachment.version,
    })),
    failed,
    isComplete,
  };
}
