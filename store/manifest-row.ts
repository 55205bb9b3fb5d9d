import { type Selectable, sql } from 'kysely';
import type { ItemKind } from '../rules/item';
import type { ColumnType } from './dialect';
import type { ManifestTable } from './schema';
import type { ManifestRow, SpaceOfRun } from './store';

/** The columns that a discovered row brings along; the others are the plan's. */
export const DISCOVERED_COLUMNS = {
  space_no: 'bigint',
  item_key: 'text',
  kind: 'text',
  page_id: 'text',
  attachment_id: 'text',
  page_type: 'text',
  title: 'text',
  media_type: 'text',
  size: 'bigint',
  version: 'bigint',
  updated_at: 'text',
  url: 'text',
  download_path: 'text',
  fingerprint: 'text',
  is_root: 'bigint',
  has_more: 'bigint',
} as const satisfies Partial<Record<keyof ManifestTable, ColumnType>>;

/** Whether a row of the manifest is an item: what becomes a content. */
export const isItem = sql<boolean>`kind in ('page', 'attachment')`;

export function isItemKind(kind: ManifestTable['kind']): kind is ItemKind {
  return kind === 'page' || kind === 'attachment';
}

export type DiscoveredColumns = Pick<Selectable<ManifestTable>, keyof typeof DISCOVERED_COLUMNS>;

export function toColumns(spaceNo: number, row: ManifestRow): DiscoveredColumns {
  return {
    space_no: spaceNo,
    item_key: row.itemKey,
    kind: row.kind,
    page_id: row.pageId,
    attachment_id: row.attachmentId ?? null,
    page_type: row.pageType,
    title: row.title,
    media_type: row.mediaType ?? null,
    size: row.size ?? null,
    version: row.version,
    updated_at: row.updatedAtIso,
    url: row.url,
    download_path: row.downloadPath ?? null,
    fingerprint: row.fingerprint,
    is_root: row.isRoot ? 1 : 0,
    has_more: row.hasMoreAttachments ? 1 : 0,
  };
}

export function fromColumns({ spaceKey, spaceId, spaceName }: SpaceOfRun, row: DiscoveredColumns): ManifestRow {
  return {
    spaceKey,
    spaceId,
    spaceName,
    itemKey: row.item_key,
    kind: row.kind,
    pageId: row.page_id,
    ...(row.attachment_id === null ? {} : { attachmentId: row.attachment_id }),
    pageType: row.page_type,
    title: row.title,
    ...(row.media_type === null ? {} : { mediaType: row.media_type }),
    ...(row.size === null ? {} : { size: row.size }),
    version: row.version,
    updatedAtIso: row.updated_at,
    url: row.url,
    ...(row.download_path === null ? {} : { downloadPath: row.download_path }),
    fingerprint: row.fingerprint,
    isRoot: row.is_root === 1,
    hasMoreAttachments: row.has_more === 1,
  };
}
