import pLimit from 'p-limit';
import { partsOfRoots } from '../confluence/cql';
import { ListingLoopError } from '../confluence/walk';
import { ForbiddenScopeError, HttpError, RateLimitedError, UnauthorizedError, UnavailableError } from '../http/errors';
import type { ManifestRow, SpaceRunKey } from '../store/store';
import type { DiscoverSpaceInput } from './contract';
import type { TenantContext } from './context';
import { inStep, SpaceNotFoundError, UnreadableAttachmentsError } from './errors';
import { listAttachments } from './list-attachments';
import { cutToLimit, walkIntoManifest } from './listing';
import { attachmentRows, pageWithImages } from './manifest-rows';

/** Pages whose attachments are listed at the same time. */
const LISTS_AT_ONCE = 4;

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
  const pages = await context.store.manifest.pagesWithMoreAttachments(key);
  const lists = pLimit(LISTS_AT_ONCE);
  try {
    await Promise.all(pages.map((page) => lists(() => listAllAttachments(context, key, page, signal))));
  } finally {
    lists.clearQueue();
  }
  return { items: await context.store.manifest.count(key) };
}

async function walkTrees(context: TenantContext, key: SpaceRunKey, round: number, signal: AbortSignal): Promise<void> {
  // Roots inside a tree are found again below its root; asking for them too costs nothing but rows seen twice.
  const parts = partsOfRoots(await context.store.manifest.roots(key));
  for (const [part, rootIds] of parts.entries()) {
    await inStep('discover', () =>
      walkIntoManifest(context, key, `trees/${round}/${key.spaceKey}/${part}`, (cursor) =>
        context.confluence.searchDescendants({ rootIds, signal, ...(cursor === undefined ? {} : { cursor }) }),
      ),
    );
  }
}

/** A page whose list cannot be had keeps what was listed inline; one page never fails its space (W-14). */
async function listAllAttachments(
  context: TenantContext,
  key: SpaceRunKey,
  page: ManifestRow,
  signal: AbortSignal,
): Promise<void> {
  const { config, store } = context;
  try {
    const { attachments, unreadable } = await listAttachments(context, page, signal);
    const wanted = attachmentRows(listedPage(page), attachments, config);
    const rows = await cutToLimit(context, { tenant: key.tenant, run: key.run }, wanted);
    // Cut, the list would be no better than what was listed inline.
    if (rows.length < wanted.length) return;
    await store.manifest.replaceAttachments(key, pageWithImages(page, rows), rows, { isComplete: unreadable === 0 });
    if (unreadable > 0) throw new UnreadableAttachmentsError(page.pageId, unreadable);
  } catch (error) {
    if (!(await isOfThisPage(error, context, page, signal))) throw error;
    const status = error instanceof HttpError && error.status !== undefined ? { httpStatus: error.status } : {};
    const failure = {
      spaceKey: key.spaceKey,
      itemKey: page.itemKey,
      step: 'attachments',
      message: error instanceof Error ? error.message : String(error),
      ...status,
    } as const;
    await store.runs.recordFailures(key, [failure], Date.now());
  }
}

/**
 * Whether an error says something about this page only. A refusal or an outage may be everybody's: then looking the page
 * up does not work either, and the step fails as a whole.
 */
async function isOfThisPage(
  error: unknown,
  { confluence }: TenantContext,
  { pageId }: ManifestRow,
  signal: AbortSignal,
): Promise<boolean> {
  if (error instanceof ListingLoopError || error instanceof UnreadableAttachmentsError) return true;
  if (!(error instanceof HttpError)) return false;
  // A limit is the site's, and a scope that is missing for one page is missing for all.
  if (error instanceof RateLimitedError || error instanceof ForbiddenScopeError) return false;
  if (!(error instanceof UnauthorizedError || error instanceof UnavailableError)) return true;
  const lookUp = (await confluence.lookUp([pageId], signal)).get(pageId);
  return lookUp?.kind !== 'unknown';
}

function listedPage(page: ManifestRow) {
  return {
    id: page.pageId,
    type: page.pageType,
    updatedAt: page.updatedAtIso,
    space: { id: page.spaceId, key: page.spaceKey, name: page.spaceName, type: '' },
  };
}
