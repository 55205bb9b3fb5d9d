import type { ItemKind } from '../../rules/item';
import type { Failure, TenantReport } from '../../rules/report';
import { NO_ITEMS, NO_REQUESTS, NOTHING_VERIFIED } from '../../rules/report';
import type { ManifestRow, SliceBounds, SpaceRunKey, Store, Writer } from '../store';

export const TENANT = 'acme';
export const NOW = 1_790_000_000_000;
export const LEASE_MS = 300_000;
export const BOUNDS: SliceBounds = { pages: 200, attachments: 100, attachmentBytes: 1_000 };
export const NOT_FORCED = { force: false, doubtBefore: 0 } as const;

export const spaceRun = (run = 'run-1', spaceKey = 'ENG', tenant = TENANT): SpaceRunKey => ({ tenant, run, spaceKey });

export function page(id: string, changed: Partial<ManifestRow> = {}): ManifestRow {
  return {
    spaceKey: 'ENG',
    spaceId: '7',
    spaceName: 'Engineering',
    itemKey: id,
    kind: 'page',
    pageId: id,
    pageType: 'page',
    title: `Title of ${id}`,
    version: 1,
    updatedAtIso: '2026-01-01T00:00:00.000Z',
    url: `https://wiki.example/pages/${id}`,
    fingerprint: `print-${id}`,
    isRoot: false,
    hasMoreAttachments: false,
    ...changed,
  };
}

export function attachment(pageId: string, id: string, size: number, changed: Partial<ManifestRow> = {}): ManifestRow {
  const kind: ItemKind = 'attachment';
  return page(pageId, {
    itemKey: `${pageId}::${id}`,
    kind,
    attachmentId: id,
    size,
    mediaType: 'image/png',
    ...changed,
  });
}

/** An image that becomes part of its page. */
export const image = (pageId: string, id: string, changed: Partial<ManifestRow> = {}): ManifestRow =>
  attachment(pageId, id, 5, { kind: 'image', ...changed });

export const failure = (itemKey: string, changed: Partial<Failure> = {}): Failure => ({
  spaceKey: 'ENG',
  itemKey,
  step: 'upload',
  message: 'PUT /upload answered 500',
  ...changed,
});

export const report = (run = 'run-1', changed: Partial<TenantReport> = {}): TenantReport => ({
  tenant: TENANT,
  workflowId: `sync/${TENANT}`,
  runId: run,
  outcome: 'succeeded',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  totals: NO_ITEMS,
  verification: NOTHING_VERIFIED,
  requests: NO_REQUESTS,
  spacesTotal: 1,
  spaces: [],
  failures: [],
  ...changed,
});

/** Begins the run, if it has not begun, and puts these rows into its manifest. */
export async function discover(
  store: Store,
  key: SpaceRunKey,
  rows: readonly ManifestRow[],
  part = 'labels',
): Promise<void> {
  await store.runs.begin({ ...key, workflowId: `sync/${key.tenant}`, startedAt: NOW });
  await store.discoveries.addPage(key, part, rows, undefined);
}

/** Somebody who may write: holds the space and the slice. */
export async function writerOf(
  store: Store,
  key: SpaceRunKey,
  attempt = 'attempt-1',
  slice = 'page/0',
): Promise<Writer> {
  const held = await store.leases.holdSpace(key, NOW, LEASE_MS);
  if (!held.held) throw new Error(`Space ${key.spaceKey} is held by ${held.owner}.`);
  const writer = { ...key, slice, attempt };
  await store.leases.claimSlice(writer, NOW);
  return writer;
}

/** A manifest row's record of being finalized. */
export const finalized = ({ itemKey, fingerprint, version }: ManifestRow) => ({
  itemKey,
  fingerprint,
  version,
  contentId: `content-${itemKey}`,
});

/** Announces and records the rows as one attempt does. */
export async function ingest(store: Store, writer: Writer, rows: readonly ManifestRow[], at = NOW): Promise<void> {
  const announced = rows.map(({ itemKey }) => ({ itemKey, isNew: true }));
  await store.ledger.announce(writer, announced, at);
  await store.ledger.recordFinalized(writer, rows.map(finalized), at);
}

/** A ledger in which an earlier run finalized these rows; the space is free again. */
export async function ingestedBefore(
  store: Store,
  rows: readonly ManifestRow[],
  spaceKey = 'ENG',
  tenant = TENANT,
): Promise<void> {
  const key = spaceRun('run-0', spaceKey, tenant);
  await ingest(store, await writerOf(store, key, 'attempt-0'), rows);
  await store.leases.releaseSpace(key);
}

/** Every item to ingest by slice of the kind, as item keys. */
export async function slicesOf(
  store: Store,
  key: SpaceRunKey,
  kind: ItemKind,
  range: { readonly from: number; readonly to: number },
): Promise<string[][]> {
  const slices: string[][] = [];
  for (let slice = range.from; slice < range.to; slice++) {
    slices.push((await store.plan.slice(key, kind, slice)).map(({ itemKey }) => itemKey));
  }
  return slices;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
