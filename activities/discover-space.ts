import type { AttachmentRow } from '../confluence/client';
import { ListingLoopError, walkListing } from '../confluence/walk';
import { HttpError, RateLimitedError, UnauthorizedError } from '../http/errors';
import type { ManifestRow, SpaceRunKey } from '../store/store';
import type { DiscoverSpaceInput } from './contract';
import type { TenantContext } from './context';
import { inStep, SpaceNotFoundError, UnreadableAttachmentsError } from './errors';
import { MAX_EMPTY_PAGES, walkIntoManifest } from './listing';
import { attachmentRows, pageWithImages } from './manifest-rows';

/** Roots a query; the ids go into the URL, so their number bounds its length too. */
const ROOTS_PER_SEARCH = 100;

/**
 * What the site-wide search did not show of a space: the trees below its all-label roots, and attachments beyond the
 * first 25 of a page.
 *
 * Safe to run twice: listings go on from their cursors, a page's attachments are replaced as a whole.
 */
export async function discoverSpace(
  context: TenantContext,
  { tenant, run, spaceKey, round }: DiscoverSpaceInput,
  signal: AbortSignal,
): Promise<{ readonly items: number }> {
  const key = { tenant, run, spaceKey };
  if ((await context.store.manifest.space(key)) === undefined) throw new SpaceNotFoundError(tenant, spaceKey);
  await walkTrees(context, key, round, signal);
  for (const page of await context.store.manifest.pagesWithMoreAttachments(key)) {
    await listAllAttachments(context, key, page, signal);
  }
  return { items: await context.store.manifest.count(key) };
}

async function walkTrees(context: TenantContext, key: SpaceRunKey, round: number, signal: AbortSignal): Promise<void> {
  // Roots inside a tree are found again below its root; asking for them too costs nothing but rows seen twice.
  const roots = await context.store.manifest.roots(key);
  for (let from = 0; from < roots.length; from += ROOTS_PER_SEARCH) {
    const rootIds = roots.slice(from, from + ROOTS_PER_SEARCH);
    await inStep('discover', () =>
      walkIntoManifest(context, key, `trees/${round}/${key.spaceKey}/${from}`, (cursor) =>
        context.confluence.searchDescendants({ rootIds, signal, ...(cursor === undefined ? {} : { cursor }) }),
      ),
    );
  }
}

/** A page whose list cannot be had keeps what was listed inline; one page never fails its space. */
async function listAllAttachments(
  { config, confluence, store }: TenantContext,
  key: SpaceRunKey,
  page: ManifestRow,
  signal: AbortSignal,
): Promise<void> {
  try {
    const attachments: AttachmentRow[] = [];
    const { pageId, pageType } = page;
    const fetchPage = (cursor: string | undefined) =>
      confluence.listAttachments({ pageId, pageType, signal, ...(cursor === undefined ? {} : { cursor }) });
    for await (const { rows, unknown } of walkListing(fetchPage, { maxEmptyPages: MAX_EMPTY_PAGES })) {
      if (unknown.length > 0) throw new UnreadableAttachmentsError(pageId, unknown.length);
      attachments.push(...rows);
    }
    const rows = attachmentRows(listedPage(page), attachments, config);
    await store.manifest.replaceAttachments(key, pageWithImages(page, rows), rows);
  } catch (error) {
    if (error instanceof UnauthorizedError || error instanceof RateLimitedError) throw error;
    if (!isOfThisPage(error)) throw error;
    const status = error instanceof HttpError && error.status !== undefined ? { httpStatus: error.status } : {};
    const failure = {
      spaceKey: key.spaceKey,
      itemKey: page.itemKey,
      step: 'attachments',
      message: error.message,
      ...status,
    } as const;
    await store.runs.recordFailures(key, [failure], Date.now());
  }
}

function listedPage(page: ManifestRow) {
  return {
    id: page.pageId,
    type: page.pageType,
    updatedAt: page.updatedAtIso,
    space: { id: page.spaceId, key: page.spaceKey, name: page.spaceName, type: '' },
  };
}

function isOfThisPage(error: unknown): error is Error {
  return [HttpError, ListingLoopError, UnreadableAttachmentsError].some((of) => error instanceof of);
}
