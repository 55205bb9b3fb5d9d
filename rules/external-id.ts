import type { SpaceIdentity } from './content-key';

const PREFIX = 'confc:';

/** Marks a space's scope as ours: `confc:{tenant}:{spaceId}:{spaceKey}`. */
export function spaceExternalId({ tenant, spaceId, spaceKey }: SpaceIdentity): string {
  return `${PREFIX}${tenant}:${spaceId}:${spaceKey}`;
}

/** Takes a space's external id apart; `undefined` for anything but the prefix and exactly three parts. */
export function parseSpaceExternalId(externalId: string | null | undefined): SpaceIdentity | undefined {
  if (!externalId?.startsWith(PREFIX)) return undefined;
  const parts = externalId.slice(PREFIX.length).split(':');
  const [tenant, spaceId, spaceKey] = parts;
  if (parts.length !== 3 || !tenant || !spaceId || !spaceKey) return undefined;
  return { tenant, spaceId, spaceKey };
}

/**
 * Whether a mark is the space's in the older format of two parts, which is rewritten where it is met: `confc:{spaceId}:{spaceKey}`,
 * or the tenant's name in front of the key. A root's mark has two parts, too, and is none.
 */
export function isOldSpaceExternalId(
  externalId: string | undefined,
  { tenant, spaceId, spaceKey }: SpaceIdentity,
): boolean {
  return externalId === `${PREFIX}${spaceId}:${spaceKey}` || externalId === `${PREFIX}${tenant}:${spaceKey}`;
}

/** Marks the root scope as owned by one Confluence instance: cloud id, or the applinks manifest id of Data Center. */
export function rootExternalId(instanceType: 'cloud' | 'data-center', instanceId: string): string {
  return `${PREFIX}${instanceType}:${instanceId}`;
}
