import { contentKey, itemKeyOf } from '../rules/content-key';
import type { ManifestRow, SpaceRunKey } from '../store/store';
import type { StoredContent } from '../unique/client';
import type { TenantContext } from './context';
import { sourceKind } from './source';

const CONTENTS_A_PAGE = 100;
/** A content that is not in this state was never finished, or failed, and is ingested again. */
const FINISHED = 'FINISHED';
/** Longest a slice takes. */
const LONGEST_SLICE_MS = 2 * 60 * 60 * 1000;

/**
 * Asks the platform which items of the space it lacks or has older than Confluence: one request with every item of the
 * space, because what is not in it comes back as deleted.
 *
 * Where the ledger is new but the platform has contents (the store was lost, or another connector filled them), they
 * are taken over if they are finished, no older than their source, and have their images in them.
 *
 * @param isNewLedger times are then moved forward by the longest ingestion: an edit that slipped in while the former
 *   owner ingested is older than its upsert, and no diff with plain times would show it
 */
export async function compareWithPlatform(
  context: TenantContext,
  key: SpaceRunKey,
  partial: string,
  { isNewLedger, dryRun }: { readonly isNewLedger: boolean; readonly dryRun: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { config, unique, store } = context;
  const shiftMs = isNewLedger ? LONGEST_SLICE_MS + config.verify.doubtMinutes * 60_000 : 0;
  const diff = await unique.fileDiff({
    partialKey: partial,
    sourceKind: sourceKind(config.confluence.instanceType),
    sourceName: config.confluence.baseUrl,
    files: () => files(context, key, shiftMs),
    signal,
  });
  if (isNewLedger)
    await takeOver(context, key, partial, new Set([...diff.newFiles, ...diff.updatedFiles]), dryRun, signal);
  else await store.plan.markUpdated(key, diff.updatedFiles);
  await store.plan.markNew(key, diff.newFiles);
  await store.plan.keepCandidates(key, diff.deletedFiles);
}

async function* files({ store }: TenantContext, key: SpaceRunKey, shiftMs: number) {
  for await (const { itemKey, url, updatedAtIso } of store.manifest.files(key)) {
    const updatedAt = shiftMs === 0 ? updatedAtIso : shifted(updatedAtIso, shiftMs);
    yield { key: itemKey, url, updatedAt };
  }
}

function shifted(iso: string, byMs: number): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : new Date(at + byMs).toISOString();
}

/** Adopts what the platform has and the diff does not call new or updated; needs no request for a space that it lacks wholly. */
async function takeOver(
  context: TenantContext,
  key: SpaceRunKey,
  partial: string,
  toIngest: ReadonlySet<string>,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { unique, store } = context;
  for (let skip = 0; ; skip += CONTENTS_A_PAGE) {
    const { nodes } = await unique.contentsByKeyPrefix({ prefix: `${partial}/`, skip, take: CONTENTS_A_PAGE, signal });
    const stored = new Map<string, StoredContent>();
    for (const node of nodes) {
      const itemKey = itemKeyOf(partial, node.key);
      if (itemKey !== undefined) stored.set(itemKey, node);
    }
    const rows = (await store.manifest.rows(key, [...stored.keys()])).filter(({ kind }) => kind !== 'image');
    const lacking = await pagesThatLackImages(context, key, partial, stored, signal);
    const adopted = rows.filter((row) => {
      const content = stored.get(row.itemKey);
      const sameSize = row.size === undefined || row.size === content?.byteSize;
      const isWhole = content?.ingestionState === FINISHED && sameSize && !lacking.has(row.itemKey);
      return isWhole && !toIngest.has(row.itemKey);
    });
    const contents = adopted.map(({ itemKey }) => ({ itemKey, contentId: stored.get(itemKey)?.id ?? '' }));
    if (!dryRun) await store.plan.adopt(key, contents, Date.now());
    // A dry run writes no ledger: it only leaves them out.
    const left = contents.map(({ itemKey }) => itemKey);
    if (dryRun) await store.plan.markUnchanged(key, left);
    if (nodes.length < CONTENTS_A_PAGE) return;
  }
}

/**
 * Of these contents, the pages whose images are not in them: one of them stands alone in Unique, or the content is
 * smaller than its images. Taken over as they are, they would let images leave that are nowhere else.
 */
async function pagesThatLackImages(
  { unique, store }: TenantContext,
  key: SpaceRunKey,
  partial: string,
  stored: ReadonlyMap<string, StoredContent>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const images = await store.manifest.images(key, [...stored.keys()]);
  if (images.length === 0) return new Set();
  const keyOf = ({ itemKey }: ManifestRow): string => contentKey(partial, itemKey);
  const alone = new Set((await unique.contentsByKeys(images.map(keyOf), signal)).map((content) => content.key));
  const encoded = new Map<string, number>();
  for (const { pageId, size = 0 } of images) {
    encoded.set(pageId, (encoded.get(pageId) ?? 0) + Math.ceil(size / 3) * 4);
  }
  const standing = images.filter((image) => alone.has(keyOf(image))).map(({ pageId }) => pageId);
  const small = [...encoded].filter(([pageId, bytes]) => (stored.get(pageId)?.byteSize ?? 0) < bytes);
  return new Set([...standing, ...small.map(([pageId]) => pageId)]);
}
