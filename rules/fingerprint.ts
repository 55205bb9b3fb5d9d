/** What makes a page's content in Unique what it is; a timestamp shows only the version. */
export interface PageTraits {
  readonly version: number;
  readonly title: string;
  /** As sent in the metadata: sorted, without the sync labels. */
  readonly labels: readonly string[];
  readonly spaceKey: string;
  readonly spaceName: string;
  readonly url: string;
}

export interface AttachmentTraits {
  readonly version: number;
  readonly title: string;
  readonly mediaType: string;
  readonly size: number | undefined;
  readonly spaceKey: string;
  readonly spaceName: string;
  readonly url: string;
}

/** The part of the tenant's configuration that changes what is sent for an item. */
export interface IngestionTraits {
  readonly storeInternally: boolean;
  readonly ingestionConfig: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The text whose hash is an item's fingerprint: the same traits give the same text, whatever the order of keys.
 * Hashing is left to the caller, so that this stays free of any runtime.
 */
export function fingerprintText(item: PageTraits | AttachmentTraits, ingestion: IngestionTraits): string {
  return canonicalJson({ item, ingestion });
}

/** JSON with sorted keys, without undefined members. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
