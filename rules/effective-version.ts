/** An image that belongs to a page. */
export interface ImageVersion {
  /** Id of the attachment; it stays the same when the file is replaced. */
  readonly id: string;
  readonly version: number;
}

/**
 * The version of a page together with that of its images, for its fingerprint: a replaced, added or removed image moves
 * it, though the page's own version and time stand still.
 *
 * A page without images has its plain version, so that pages and fingerprints made without inlining are the same.
 *
 * @param version of the page, or whatever stands for it: what is hashed with it changes when it does
 * @param images the page's own images that are inlined (`inlinedImages`), in any order; empty where inlining is off
 * @param isComplete `false` when one was left out for a reason that may pass (a failed download): the result then
 *   equals no complete one, so the next run ingests the page again
 */
export function effectiveVersion<V extends number | string>(
  version: V,
  images: readonly ImageVersion[],
  isComplete: boolean = true,
): V | string {
  if (images.length === 0 && isComplete) return version;
  // Rows can be listed twice.
  const parts = [...new Set(images.map((image) => `${image.id}:${image.version}`))].sort();
  return [version, ...parts, ...(isComplete ? [] : ['incomplete'])].join(' ');
}
