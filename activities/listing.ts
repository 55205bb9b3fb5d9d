import type { ContentListing, ContentRow } from '../confluence/client';
import { walkListing } from '../confluence/walk';
import { isContainer, isIngestible, isSyncedSpace } from '../rules/content-type';
import type { Failure } from '../rules/report';
import type { ManifestRow, RunKey } from '../store/store';
import type { TenantContext } from './context';
import { manifestRows } from './manifest-rows';

/** So many pages in a row without a new row, and the listing will never end. */
export const MAX_EMPTY_PAGES = 20;

/**
 * Walks one listing into the manifest, page by page, and seals it at its end. A retried step goes on from the cursor
 * that the store kept; rows that a listing shows twice are stored once.
 *
 * @param part names the listing within the run
 */
export async function walkIntoManifest(
  { config, store }: TenantContext,
  key: RunKey,
  part: string,
  fetchPage: (cursor: string | undefined) => Promise<ContentListing>,
): Promise<void> {
  const known = await store.discoveries.get(key, part);
  if (known?.sealed === true) return;
  for await (const page of walkListing(fetchPage, { maxEmptyPages: MAX_EMPTY_PAGES, from: known?.cursor })) {
    // A page with an attachment that could not be read has no complete list: it is asked for, and proves nothing.
    const incomplete = new Set(page.unknown.flatMap(({ pageId }) => pageId ?? []));
    const wanted = page.rows
      .filter((row) => isSyncedSpace(row.space))
      .map((row) => (incomplete.has(row.id) ? { ...row, hasMoreAttachments: true } : row));
    const found = wanted.flatMap((row) => manifestRows(row, config));
    const rows = await cutToLimit({ config, store }, key, found);
    const odd = [...page.unknown.map(unreadableRow), ...wanted.filter(isOfUnknownType).map(unknownType)];
    await store.runs.recordFailures(key, odd, Date.now());
    await store.discoveries.addPage(key, part, rows, page.next);
  }
}

/** `maxItemsToScan` is meant for trying things out: what lies beyond is left out, and the run is no evidence for a removal. */
export async function cutToLimit(
  { config, store }: Pick<TenantContext, 'config' | 'store'>,
  key: RunKey,
  rows: readonly ManifestRow[],
): Promise<readonly ManifestRow[]> {
  const limit = config.processing.maxItemsToScan;
  if (limit === undefined) return rows;
  const room = Math.max(0, limit - (await store.manifest.count(key)));
  // A page's images come right behind it, and go with it.
  const beyond = rows.filter(({ kind }) => kind !== 'image')[room];
  if (beyond === undefined) return rows;
  await store.runs.setTruncated(key);
  return rows.slice(0, rows.indexOf(beyond));
}

const isOfUnknownType = (row: ContentRow): boolean => !isIngestible(row.type) && !isContainer(row.type);

function unknownType(row: ContentRow): Failure {
  const message = `Content ${row.id} is of type ${row.type.slice(0, 40)}, which has no body that could be ingested; what lies below it is synced.`;
  return { spaceKey: row.space.key, itemKey: row.id, step: 'discover', message };
}

function unreadableRow(row: { readonly id?: string; readonly reason: string }): Failure {
  return {
    spaceKey: '',
    itemKey: row.id ?? '?',
    step: 'discover',
    message: `A listed row could not be read: ${row.reason}.`,
  };
}
