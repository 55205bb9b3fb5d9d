import pLimit from 'p-limit';
import { ListingLoopError } from '../confluence/walk';
import { HttpError, RateLimitedError } from '../http/errors';
import type { AttachmentList, Finding, FoundPage, LookUp } from '../rules/evidence';
import { parseItemKey } from '../rules/item';
import type { RemovalCandidate } from '../store/removals-api';
import type { ManifestRow, SpaceRunKey } from '../store/store';
import type { TenantContext } from './context';
import { listAttachments } from './list-attachments';
import { attachmentRows } from './manifest-rows';

/** Pages whose attachments are listed at the same time. */
const LISTS_AT_ONCE = 4;

/** A candidate's page, which stays. */
interface OnPage {
  readonly itemKey: string;
  readonly page: FoundPage;
  readonly isMoved: boolean;
}

/**
 * What the pages that stay list of these candidates, by item key: only a complete list can say that a file is gone.
 *
 * It is what this run listed. A page that moved below a root of another space may come up there only after this space
 * is judged, and so in every run: that one is listed here.
 *
 * @param lookUpOf a page, as it was looked up for these candidates, and what that came to
 * @throws {RateLimitedError} for any other trouble a candidate has no list
 */
export async function attachmentLists(
  context: TenantContext,
  key: SpaceRunKey,
  candidates: readonly RemovalCandidate[],
  lookUpOf: (pageId: string) => { readonly lookUp: LookUp | undefined; readonly finding: Finding | undefined },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AttachmentList>> {
  const bySpace = new Map<string, OnPage[]>();
  for (const { itemKey } of candidates) {
    const { pageId, attachmentId } = parseItemKey(itemKey);
    const { lookUp, finding } = lookUpOf(pageId);
    if (attachmentId === undefined || lookUp?.kind !== 'found') continue;
    if (finding?.kind !== 'eligible' && finding?.kind !== 'moved') continue;
    const { page } = lookUp;
    const one = { itemKey, page, isMoved: finding.kind === 'moved' };
    bySpace.set(page.space.key, [...(bySpace.get(page.space.key) ?? []), one]);
  }
  const lists = new Map<string, AttachmentList>();
  const unlisted: OnPage[] = [];
  for (const [spaceKey, items] of bySpace) {
    const wanted = [...new Set(items.flatMap(({ itemKey, page }) => [itemKey, page.id]))];
    const listed = await context.store.manifest.rows({ ...key, spaceKey }, wanted);
    const rows = new Map(listed.map((row) => [row.itemKey, row]));
    for (const item of items) {
      const page = rows.get(item.page.id);
      if (page !== undefined) lists.set(item.itemKey, listOf(page, rows.get(item.itemKey)));
      else if (item.isMoved) unlisted.push(item);
    }
  }
  for (const [itemKey, list] of await listNow(context, unlisted, signal)) lists.set(itemKey, list);
  return lists;
}

function listOf(page: ManifestRow, candidate: ManifestRow | undefined): AttachmentList {
  const into = { spaceKey: page.spaceKey, itemKey: page.itemKey, fingerprint: page.fingerprint };
  return {
    isComplete: !page.hasMoreAttachments,
    hasCandidate: candidate !== undefined,
    ...(candidate === undefined ? {} : { version: candidate.version }),
    ...(candidate?.kind === 'image' ? { into } : {}),
  };
}

async function listNow(
  context: TenantContext,
  items: readonly OnPage[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AttachmentList>> {
  const lists = new Map<string, AttachmentList>();
  const pages = new Map(items.map(({ page }) => [page.id, page]));
  const requests = pLimit(LISTS_AT_ONCE);
  const listPage = async (page: FoundPage): Promise<void> => {
    const { attachments, unreadable } = await listAttachments(
      context,
      { pageId: page.id, pageType: page.type },
      signal,
    );
    const rows = attachmentRows(asListed(page), attachments, context.config);
    for (const { itemKey } of items.filter((item) => item.page.id === page.id)) {
      const row = rows.find((one) => one.itemKey === itemKey);
      // Whether its page has it with all its images, only the run that lists the page can tell.
      if (row?.kind === 'image') continue;
      const version = row === undefined ? {} : { version: row.version };
      lists.set(itemKey, { isComplete: unreadable === 0, hasCandidate: row !== undefined, ...version });
    }
  };
  const orUnknown = async (page: FoundPage): Promise<void> => {
    try {
      await listPage(page);
    } catch (error) {
      if (error instanceof RateLimitedError) throw error;
      if (!(error instanceof HttpError || error instanceof ListingLoopError)) throw error;
    }
  };
  try {
    await Promise.all([...pages.values()].map((page) => requests(() => orUnknown(page))));
  } finally {
    requests.clearQueue();
  }
  return lists;
}

/** As a listing shows it, as far as it matters to whether an attachment is wanted. */
function asListed({ id, type, space }: FoundPage) {
  return { id, type, updatedAt: '', space: { id: '', key: space.key, name: '', type: space.type } };
}
