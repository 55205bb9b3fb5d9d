import type { AttachmentRow, AttachmentsRequest, AttachmentListing } from '../../confluence/client';
import type { FoundPage, PageReference } from '../../confluence/find-pages';
import { ListingLoopError, walkListing } from '../../confluence/walk';
import { UnavailableError } from '../../http/errors';
import { throwIfSystemic } from '../ingest-batch';

/** The calls that a look-up makes; part of Confluence's client. */
export interface PageLookupCalls {
  findPages(references: readonly PageReference[], signal?: AbortSignal): Promise<readonly FoundPage[]>;
  listAttachments(request: AttachmentsRequest): Promise<AttachmentListing>;
}

/** What a look-up of several pages brought. */
export interface LookedUp {
  /** The page that a reference names, if it was found. */
  pageOf(reference: PageReference): FoundPage | undefined;
  /** `false` when Confluence could not be asked: another time the same question may find more. */
  readonly isComplete: boolean;
}

/** Pages by their titles, each asked for once; made anew for each slice, so that its memory ends with it. */
export interface PageLookup {
  /**
   * Looks pages up, all that are not known yet in as few searches as possible. Calling it ahead with the references of
   * many pages saves searches later.
   *
   * @throws {SyncError} around what stops every item: rate limits, refused credentials
   */
  find(references: readonly PageReference[], signal: AbortSignal): Promise<LookedUp>;
  /**
   * A file of a found page; asks for the complete list only where the short one lacks it.
   *
   * @throws {HttpError}
   */
  attachment(page: FoundPage, fileName: string, signal: AbortSignal): Promise<AttachmentRow | undefined>;
}

/** Pages of a list without anything new after which it leads nowhere. */
const MAX_EMPTY_PAGES = 5;

/** Makes a look-up for one slice. */
export function createPageLookup(confluence: PageLookupCalls): PageLookup {
  const pages = new Map<string, Promise<FoundPage | undefined>>();
  const lists = new Map<string, Promise<readonly AttachmentRow[]>>();

  function ask(references: readonly PageReference[], signal: AbortSignal): void {
    const missing = new Map(references.map((one) => [keyOf(one), one]));
    for (const key of pages.keys()) missing.delete(key);
    if (missing.size === 0) return;
    const found = confluence
      .findPages([...missing.values()], signal)
      .then((all) => new Map(all.map((page) => [keyOf(page), page])));
    for (const key of missing.keys()) {
      pages.set(
        key,
        found.then((all) => all.get(key)),
      );
      keepUnlessFailed(pages, key);
    }
  }

  return {
    async find(references, signal) {
      ask(references, signal);
      const known = new Map<string, FoundPage>();
      let isComplete = true;
      for (const key of new Set(references.map(keyOf))) {
        try {
          const page = await pages.get(key);
          if (page !== undefined) known.set(key, page);
        } catch (error) {
          throwIfSystemic(error, 'download');
          isComplete &&= !(error instanceof UnavailableError);
        }
      }
      return { pageOf: (reference) => known.get(keyOf(reference)), isComplete };
    },

    async attachment(page, fileName, signal) {
      const listed = page.attachments.find(({ title }) => title === fileName);
      if (listed !== undefined || !page.hasMoreAttachments) return listed;
      if (!lists.has(page.id)) {
        lists.set(page.id, listAll(confluence, page, signal));
        keepUnlessFailed(lists, page.id);
      }
      return (await lists.get(page.id))?.find(({ title }) => title === fileName);
    },
  };
}

/** A failure is no knowledge: whoever comes next asks again. */
function keepUnlessFailed<T>(cache: Map<string, Promise<T>>, key: string): void {
  cache.get(key)?.catch(() => cache.delete(key));
}

/** Neither space keys nor titles differ by case alone. */
function keyOf({ spaceKey, title }: PageReference): string {
  return `${spaceKey.toLowerCase()} ${title.trim().toLowerCase()}`;
}

async function listAll(
  confluence: PageLookupCalls,
  { id }: FoundPage,
  signal: AbortSignal,
): Promise<readonly AttachmentRow[]> {
  const rows: AttachmentRow[] = [];
  const fetchPage = (cursor: string | undefined) =>
    confluence.listAttachments({ pageId: id, pageType: 'page', cursor, signal });
  try {
    for await (const page of walkListing(fetchPage, { maxEmptyPages: MAX_EMPTY_PAGES })) rows.push(...page.rows);
  } catch (error) {
    // What it showed is as good as any part of it.
    if (!(error instanceof ListingLoopError)) throw error;
  }
  return rows;
}
