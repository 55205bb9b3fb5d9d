/** Which attachments a tenant wants. */
export interface AttachmentRules {
  /** Lower case, without parameters. */
  readonly allowedMimeTypes: readonly string[];
  /** Inclusive. */
  readonly maxFileSizeBytes: number;
}

/** `Image/PNG; charset=x` → `image/png`. */
export function normalizeMimeType(mimeType: string): string {
  return (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/**
 * Whether an attachment is ingested: a known and allowed type, not above the size limit. An empty file is wanted but
 * has nothing to ingest, which only its download can tell for sure; a listing that says 0 bytes is believed.
 */
export function isWantedAttachment(
  attachment: { readonly mediaType?: string; readonly fileSize?: number },
  rules: AttachmentRules,
): boolean {
  if (attachment.mediaType === undefined || attachment.fileSize === 0) return false;
  if ((attachment.fileSize ?? 0) > rules.maxFileSizeBytes) return false;
  return rules.allowedMimeTypes.includes(normalizeMimeType(attachment.mediaType));
}
