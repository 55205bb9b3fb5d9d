import type { AttachmentRow } from '../confluence/client';
import { walkListing } from '../confluence/walk';
import type { TenantContext } from './context';
import { MAX_EMPTY_PAGES } from './listing';

/** All attachments of a page. Such a list with an unreadable row proves nothing about what it lacks. */
export interface ListedAttachments {
  readonly attachments: readonly AttachmentRow[];
  readonly unreadable: number;
}

/** Lists a page's attachments to the end, however many they are. */
export async function listAttachments(
  { confluence }: Pick<TenantContext, 'confluence'>,
  page: { readonly pageId: string; readonly pageType: string },
  signal: AbortSignal,
): Promise<ListedAttachments> {
  const attachments: AttachmentRow[] = [];
  let unreadable = 0;
  const { pageId, pageType } = page;
  const fetchPage = (cursor: string | undefined) =>
    confluence.listAttachments({ pageId, pageType, signal, ...(cursor === undefined ? {} : { cursor }) });
  for await (const { rows, unknown } of walkListing(fetchPage, { maxEmptyPages: MAX_EMPTY_PAGES })) {
    unreadable += unknown.length;
    attachments.push(...rows);
  }
  return { attachments, unreadable };
}
