/** Where a space's contents live in Unique; everything below `{partial key}/` is ours. */
export interface SpaceIdentity {
  readonly tenant: string;
  readonly spaceId: string;
  readonly spaceKey: string;
}

/**
 * The part that all content keys of a space share, without a trailing slash.
 *
 * `{tenant}/{spaceId}_{spaceKey}`, or `{spaceId}_{spaceKey}` in the older format (`ingestion.useV1KeyFormat`).
 */
export function partialKey({ tenant, spaceId, spaceKey }: SpaceIdentity, useV1KeyFormat: boolean): string {
  const space = `${spaceId}_${spaceKey}`;
  return useV1KeyFormat ? space : `${tenant}/${space}`;
}

/** Key of one content: partial key, slash, item key. */
export function contentKey(partial: string, itemKey: string): string {
  return `${partial}/${itemKey}`;
}

/** The item key within a stored content key, or `undefined` for a key of another space. */
export function itemKeyOf(partial: string, key: string): string | undefined {
  return key.startsWith(`${partial}/`) ? key.slice(partial.length + 1) : undefined;
}
