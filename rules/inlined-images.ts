import type { AttachmentRules } from './attachment-filter';
import { isInlineImage } from './storage-images';

/**
 * Bytes of images, as listed, that become part of one page: half of what a body may hold, so that an image may be shown
 * twice. A body of more than some twenty megabytes helps nobody.
 */
export const INLINED_BYTES_A_PAGE = 16 * 1024 * 1024;

/** What the rule reads of an attachment. */
interface Listed {
  readonly id: string;
  readonly mediaType?: string;
  readonly fileSize?: number;
}

/**
 * Which of a page's attachments become part of its body where images are inlined: its wanted images, the oldest first,
 * as many as fit. The others stay contents of their own, so that none is lost; so does an image of which nobody says
 * how large it is.
 *
 * Decided by the listing alone, so that the same listing always gives the same answer.
 */
export function inlinedImages<A extends Listed>(attachments: readonly A[], rules: AttachmentRules): readonly A[] {
  let left = INLINED_BYTES_A_PAGE;
  return attachments
    .filter((one) => isInlineImage(one, rules) && one.fileSize !== undefined)
    .sort(byAge)
    .filter(({ fileSize = 0 }) => {
      if (fileSize > left) return false;
      left -= fileSize;
      return true;
    });
}

/** Ids are numbers that rise; by text `att10` would come before `att9`. */
function byAge(a: Listed, b: Listed): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id));
}
