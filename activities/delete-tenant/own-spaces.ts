import { partialKey } from '../../rules/content-key';
import { parseSpaceExternalId, rootExternalId } from '../../rules/external-id';
import type { Scope, StoredContent } from '../../unique/client';
import type { TenantContext } from '../context';
import type { SpacePlace, SpaceToDelete } from '../contract';
import { ROOT_MARK } from '../root-scope';

/**
 * Whether the mark of the root scope is this tenant's. Confluence is not asked: it may be gone, and its credentials with it.
 *
 * The id of a Data Center stands in no tenant file, so the store notes it; where the store was lost, the spaces inside
 * tell: none of them may belong to another tenant.
 */
export async function isOwnMark(
  { config, store }: Pick<TenantContext, 'config' | 'store'>,
  mark: string,
  children: readonly Scope[],
): Promise<boolean> {
  const { tenant, confluence } = config;
  if (confluence.instanceType === 'cloud') return mark === rootExternalId('cloud', confluence.cloudId ?? '');
  const noted = await store.spaces.note(tenant, ROOT_MARK);
  if (noted !== undefined) return mark === noted;
  const owners = children.flatMap(({ externalId }) => parseSpaceExternalId(externalId)?.tenant ?? []);
  return mark.startsWith(rootExternalId('data-center', '')) && owners.every((owner) => owner === tenant);
}

/** The tenant's spaces by key: from the scopes with its mark, and from the ledger, whose scopes may be gone. */
export async function ownSpaces(
  { config, store }: Pick<TenantContext, 'config' | 'store'>,
  children: readonly Scope[],
): Promise<readonly SpaceToDelete[]> {
  const places = new Map<string, SpacePlace[]>();
  const add = (spaceKey: string, place: SpacePlace) => places.set(spaceKey, [...(places.get(spaceKey) ?? []), place]);
  for (const { id, externalId } of children) {
    const own = parseSpaceExternalId(externalId);
    if (own?.tenant === config.tenant) add(own.spaceKey, { spaceId: own.spaceId, scopeId: id });
  }
  for (const { spaceKey, spaceId } of await store.tenants.spaces(config.tenant)) {
    if (!places.get(spaceKey)?.some((place) => place.spaceId === spaceId)) add(spaceKey, { spaceId });
  }
  return [...places]
    .map(([spaceKey, of]) => ({ spaceKey, places: of }))
    .sort((a, b) => (a.spaceKey < b.spaceKey ? -1 : 1));
}

/** Where contents of ours are looked for. */
export interface OwnPrefix {
  /** With the slash at its end. */
  readonly text: string;
  /** The older format, which names no tenant. */
  readonly isV1: boolean;
  /** What the ledger calls a content of this prefix by its item key alone. */
  readonly isInLedger: boolean;
}

/** Both key formats of every id that the space's key stood for. */
export function ownPrefixes(
  { tenant, ingestion }: TenantContext['config'],
  { spaceKey, places }: SpaceToDelete,
): readonly OwnPrefix[] {
  const [current] = places;
  return [...new Set(places.map(({ spaceId }) => spaceId))].flatMap((spaceId) =>
    [false, true].map((isV1) => ({
      text: `${partialKey({ tenant, spaceId, spaceKey }, isV1)}/`,
      isV1,
      isInLedger: isV1 === ingestion.useV1KeyFormat && spaceId === current?.spaceId,
    })),
  );
}

/**
 * Whether a content below one of our prefixes is ours. A key of the older format names no tenant: that of another tenant,
 * whose instance numbers its spaces alike, may be the same, so it must lie in a scope of ours.
 */
export function isOwnContent(
  { isV1 }: OwnPrefix,
  { ownerId }: Pick<StoredContent, 'ownerId'>,
  scopeIds: ReadonlySet<string>,
): boolean {
  return !isV1 || scopeIds.has(ownerId);
}
