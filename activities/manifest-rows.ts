import { createHash } from 'node:crypto';
import type { TenantConfig } from '../config/tenant';
import type { AttachmentRow, ContentRow, PageBody } from '../confluence/client';
import { isWantedAttachment, normalizeMimeType } from '../rules/attachment-filter';
import { hasLabel, metadataLabels } from '../rules/content-metadata';
import { isIngestible } from '../rules/content-type';
import { attachmentUrl, pageUrl } from '../rules/content-url';
import { effectiveVersion, type ImageVersion } from '../rules/effective-version';
import { type AttachmentTraits, fingerprintText, type PageTraits } from '../rules/fingerprint';
import { inlinedImages } from '../rules/inlined-images';
import { itemKey } from '../rules/item';
import type { ManifestRow } from '../store/store';

/**
 * The manifest's rows of one listed page: itself, if it can be ingested or is a root, and its wanted attachments.
 *
 * The fingerprint of a page with more attachments than its row shows is without its images until all are listed.
 */
export function manifestRows(row: ContentRow, config: TenantConfig): ManifestRow[] {
  const isRoot = hasLabel(row.labels, config.confluence.ingestAllLabel);
  const isPage = isIngestible(row.type);
  const page = pageRow(row, config, isRoot);
  if (!isPage) return isRoot ? [{ ...page, kind: 'root' }] : [];
  const attachments = attachmentRows(row, row.attachments, config);
  return [page.hasMoreAttachments ? page : pageWithImages(page, attachments), ...attachments];
}

/** A page's row once all its attachments are listed: as new as the newest of its images, for the file diff. */
export function pageWithImages(page: ManifestRow, attachments: readonly ManifestRow[]): ManifestRow {
  const images = attachments.filter(({ kind }) => kind === 'image');
  const times = [page, ...images].map(({ updatedAtIso }) => updatedAtIso).sort();
  return {
    ...page,
    updatedAtIso: times.at(-1) ?? page.updatedAtIso,
    fingerprint: withImages(page.fingerprint, images),
  };
}

/**
 * The wanted attachments of a page: of an allowed type and size, and not empty. Where images are inlined, those that
 * become part of the page come first, as rows that are no items.
 */
export function attachmentRows(
  page: Pick<ContentRow, 'id' | 'type' | 'space' | 'updatedAt'>,
  attachments: readonly AttachmentRow[],
  config: TenantConfig,
): ManifestRow[] {
  const rules = config.ingestion.attachments;
  if (!rules.enabled) return [];
  const images = config.ingestion.imageInlining ? inlinedImages(attachments, rules) : [];
  const others = attachments.filter((one) => isWantedAttachment(one, rules) && !images.includes(one));
  return [
    ...images.map((one) => ({ ...attachmentRow(page, one, config), kind: 'image' as const })),
    ...others.map((one) => attachmentRow(page, one, config)),
  ];
}

/**
 * Fingerprint of a page with its images in it; without images it is the page's own.
 *
 * @param fingerprint the page's own
 * @param images that are in it
 * @param isComplete `false` when something was left out that another time may be had: equal to no complete one
 */
export function withImages(
  fingerprint: string,
  images: readonly Pick<ManifestRow, 'attachmentId' | 'version'>[],
  isComplete: boolean = true,
): string {
  const version = effectiveVersion(fingerprint, images.map(toImageVersion), isComplete);
  return version === fingerprint ? fingerprint : hash(version);
}

function toImageVersion({ attachmentId = '', version }: Pick<ManifestRow, 'attachmentId' | 'version'>): ImageVersion {
  return { id: attachmentId, version };
}

function pageRow(row: ContentRow, config: TenantConfig, isRoot: boolean): ManifestRow {
  return {
    ...spaceOf(row),
    itemKey: itemKey(row.id),
    kind: 'page',
    pageId: row.id,
    pageType: row.type,
    title: row.title,
    version: row.version,
    updatedAtIso: row.updatedAt,
    url: urlOfPage(row, config),
    fingerprint: pageFingerprint(row, config),
    isRoot,
    hasMoreAttachments: config.ingestion.attachments.enabled && row.hasMoreAttachments,
  };
}

function attachmentRow(
  page: Pick<ContentRow, 'id' | 'type' | 'space' | 'updatedAt'>,
  attachment: AttachmentRow,
  config: TenantConfig,
): ManifestRow {
  const { instanceType, baseUrl } = config.confluence;
  const url = attachmentUrl(instanceType, baseUrl, {
    pageId: page.id,
    attachmentId: attachment.id,
    title: attachment.title,
  });
  const mediaType = normalizeMimeType(attachment.mediaType ?? '');
  const traits: AttachmentTraits = {
    version: attachment.version,
    title: attachment.title,
    mediaType,
    size: attachment.fileSize,
    spaceKey: page.space.key,
    spaceName: page.space.name,
    url,
  };
  return {
    ...spaceOf(page),
    itemKey: itemKey(page.id, attachment.id),
    kind: 'attachment',
    pageId: page.id,
    attachmentId: attachment.id,
    pageType: page.type,
    title: attachment.title,
    mediaType,
    ...(attachment.fileSize === undefined ? {} : { size: attachment.fileSize }),
    version: attachment.version,
    // An attachment without a version of its own is as old as its page.
    updatedAtIso: attachment.updatedAt ?? page.updatedAt,
    url,
    ...(attachment.downloadPath === undefined ? {} : { downloadPath: attachment.downloadPath }),
    fingerprint: hash(
      fingerprintText(traits, {
        storeInternally: config.ingestion.storeInternally,
        ingestionConfig: attachmentIngestionConfig(mediaType, config),
      }),
    ),
    isRoot: false,
    hasMoreAttachments: false,
  };
}

/** Fingerprint of a page, without its images, as it was listed, or as its body was read: what is recorded is what was sent. */
export function pageFingerprint(
  page: Pick<PageBody, 'id' | 'version' | 'title' | 'labels' | 'space'>,
  config: TenantConfig,
): string {
  const { ingestSingleLabel, ingestAllLabel } = config.confluence;
  const traits: PageTraits = {
    version: page.version,
    title: page.title,
    labels: metadataLabels(page.labels, { single: ingestSingleLabel, all: ingestAllLabel }),
    spaceKey: page.space.key,
    spaceName: page.space.name,
    url: urlOfPage(page, config),
  };
  const { storeInternally, pageIngestionConfig } = config.ingestion;
  return hash(fingerprintText(traits, { storeInternally, ingestionConfig: pageIngestionConfig }));
}

/** Images are read by the platform's document intelligence unless `attachments.imageOcr` is off. */
export function attachmentIngestionConfig(
  mediaType: string,
  config: TenantConfig,
): Record<string, unknown> | undefined {
  const isImage = mediaType === 'image/png' || mediaType === 'image/jpeg';
  return isImage && config.ingestion.attachments.imageOcr ? { jpgReadMode: 'DOC_INTELLIGENCE_DEFAULT' } : undefined;
}

export function urlOfPage(page: Pick<PageBody, 'id' | 'space'>, { confluence }: TenantConfig): string {
  return pageUrl(confluence.instanceType, confluence.baseUrl, page.space.key, page.id);
}

function spaceOf({ space }: Pick<ContentRow, 'space'>): Pick<ManifestRow, 'spaceKey' | 'spaceId' | 'spaceName'> {
  return { spaceKey: space.key, spaceId: space.id, spaceName: space.name };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
