import type { AttachmentRow, PageBody } from '../../confluence/client';
import type { Failure } from '../../rules/report';
import { itemKey } from '../../rules/item';
import type { ManifestRow, SliceRow } from '../../store/store';
import { withImages } from '../manifest-rows';
import type { SliceRun } from '../slice';
import { findImageMacros } from './find-image-macros';
import { IMAGE_BUDGET_BYTES, type InlinedPage, inlineImages } from './inline-images';
import { createPageLookup } from './page-lookup';
import { referencedPages } from './place-images';

/** Files, their encoded form and the body are in memory together at one moment: 2.7 times the bytes of the files. */
const MEMORY_FACTOR = 3;

/** A page's body with its images, and what is to be remembered of it. */
export interface BodyWithImages {
  readonly body: Buffer;
  readonly fingerprint: string;
  /** Images that are not in it. */
  readonly failures: readonly Failure[];
  /** Gives its memory back, once it is sent. */
  readonly release: () => void;
}

/** Inlines the images of one slice's pages, page by page. */
export interface SliceInliner {
  /** Looks up what several pages need in as few questions as possible: their own images, and pages that theirs are on. */
  prepare(pages: readonly PageBody[]): Promise<void>;
  /** Bytes of memory that the page takes at most while its images are inlined; 0 where it shows none. */
  memoryFor(page: PageBody): number;
  /**
   * @param memory bytes that were taken for it
   * @param fingerprint the page's own
   * @throws {SyncError} around what stops every item: rate limits, refused credentials
   */
  inline(row: SliceRow, page: PageBody, fingerprint: string, memory: number): Promise<BodyWithImages>;
  /** Gives all memory back that bodies still hold. */
  close(): void;
}

/** Makes the inliner of one slice; what it looked up ends with it. */
export function createSliceInliner({
  context,
  input: key,
  signal,
}: Pick<SliceRun, 'context' | 'input' | 'signal'>): SliceInliner {
  const { config, confluence, store, imageMemory } = context;
  const { allowedMimeTypes, maxFileSizeBytes } = config.ingestion.attachments;
  const lookup = createPageLookup(confluence);
  const sources = {
    openAttachment: confluence.openAttachment.bind(confluence),
    transfers: context.transfers,
    lookup,
  };
  const holding = new Set<() => void>();
  let images = new Map<string, readonly ManifestRow[]>();
  const imagesOf = ({ id }: PageBody): readonly ManifestRow[] => images.get(id) ?? [];

  /** Memory that is taken: as much as it was, or less, until it is released. */
  function hold(bytes: number) {
    let held = bytes;
    const shrinkTo = (fewer: number): void => {
      if (fewer >= held) return;
      imageMemory.giveBack(held - fewer);
      held = fewer;
    };
    const release = (): void => {
      shrinkTo(0);
      holding.delete(release);
    };
    holding.add(release);
    return { shrinkTo, release };
  }

  return {
    async prepare(pages) {
      const rows = await store.manifest.images(
        key,
        pages.map(({ id }) => id),
      );
      images = new Map(pages.map(({ id }) => [id, rows.filter(({ pageId }) => pageId === id)]));
      await lookup.find(pages.flatMap(referencesOf), signal);
    },

    memoryFor(page) {
      return Math.min(budgetOf(page, imagesOf(page)) * MEMORY_FACTOR, imageMemory.bytes);
    },

    async inline(row, page, fingerprint, memory) {
      const own = imagesOf(page);
      const attachments = own.map(toAttachment);
      const inlining = { pageId: page.id, spaceKey: page.space.key, body: page.body, attachments };
      const limits = { allowedMimeTypes, maxFileSizeBytes, budgetBytes: budgetOf(page, own) };
      const { shrinkTo, release } = hold(memory);
      try {
        const inlined = await inlineImages(inlining, sources, limits, signal);
        shrinkTo(inlined.body.length);
        const isInIt = ({ attachmentId }: ManifestRow): boolean =>
          inlined.inlined.some((image) => image.pageId === page.id && image.attachmentId === attachmentId);
        const isWhole = inlined.isComplete && !row.hasMoreAttachments && own.every(isInIt);
        return {
          body: inlined.body,
          fingerprint: withImages(fingerprint, own.filter(isInIt), isWhole),
          failures: failuresOf(
            row,
            own.filter((image) => !isInIt(image)),
            inlined,
          ),
          release,
        };
      } catch (error) {
        release();
        throw error;
      }
    },

    close() {
      for (const release of holding) release();
    },
  };
}

const referencesOf = ({ body, space }: PageBody) => referencedPages({ body, spaceKey: space.key });

/** Bytes of images that a page needs, an image that is shown twice counted twice; of other pages' images nobody knows. */
function budgetOf(page: PageBody, own: readonly ManifestRow[]): number {
  const macros = findImageMacros(page.body);
  if (macros.some(({ reference }) => reference.kind === 'other-page')) return IMAGE_BUDGET_BYTES;
  const places = ({ title }: ManifestRow): number =>
    macros.filter(({ reference }) => reference.kind === 'own' && reference.fileName === title).length;
  const bytes = own.map((image) => (image.size ?? 0) * Math.max(1, places(image)));
  return Math.min(
    bytes.reduce((total, more) => total + more, 0),
    IMAGE_BUDGET_BYTES,
  );
}

function toAttachment(row: ManifestRow): AttachmentRow {
  return {
    id: row.attachmentId ?? '',
    title: row.title,
    version: row.version,
    ...(row.mediaType === undefined ? {} : { mediaType: row.mediaType }),
    ...(row.size === undefined ? {} : { fileSize: row.size }),
    ...(row.downloadPath === undefined ? {} : { downloadPath: row.downloadPath }),
  };
}

/** What is missing in the page; neither file names nor titles are anybody's business. */
function failuresOf({ spaceKey }: SliceRow, missing: readonly ManifestRow[], { failed }: InlinedPage): Failure[] {
  const broken = failed.map(({ pageId, attachmentId, error }): Failure => {
    const status = error.status === undefined ? {} : { httpStatus: error.status };
    return { spaceKey, itemKey: itemKey(pageId, attachmentId), step: 'download', message: error.message, ...status };
  });
  const known = new Set(broken.map((failure) => failure.itemKey));
  const left = missing
    .filter((image) => !known.has(image.itemKey))
    .map((image): Failure => {
      const message =
        'The image is not in its page: it is empty, larger than listed, or the page has no room left. The next sync tries again.';
      return { spaceKey, itemKey: image.itemKey, step: 'download', message };
    });
  return [...broken, ...left];
}
