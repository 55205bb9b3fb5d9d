import { partialKey, type SpaceIdentity } from '../rules/content-key';
import { parseSpaceExternalId, spaceExternalId } from '../rules/external-id';
import type { SpaceOfRun } from '../store/store';
import type { Scope } from '../unique/client';
import type { TenantContext } from './context';

/** Keys that a space's contents may still stand under, and what changed since they were written. */
export interface FormerKeys {
  readonly partialKey: string;
  /**
   * `tenant` and `format` are changes of the configuration, which a person has to confirm: everything is ingested anew.
   * `space`: the key was given to another space; the contents of the former one are looked at like any other.
   */
  readonly changed: 'tenant' | 'format' | 'space';
}

/** A space whose keys the store does not know yet, or knows to be others. */
export interface UnsettledSpace {
  readonly space: SpaceOfRun;
  readonly current: string;
  readonly former: readonly FormerKeys[];
  /** The scope that is, or was, the space's: its mark may name another tenant, or the former space of this key. */
  readonly scope?: Scope;
}

/** Whether the space's contents are known to stand under the keys that the configuration makes. */
export async function hasSettledKeys({ config, store }: TenantContext, space: SpaceOfRun): Promise<boolean> {
  const { tenant, ingestion } = config;
  const { spaceId, spaceKey } = space;
  const known = await store.spaces.get(tenant, spaceKey);
  return known?.partialKey === partialKey({ tenant, spaceId, spaceKey }, ingestion.useV1KeyFormat);
}

/**
 * What the keys of contents share that the ledger knows of the space: in the format that they were ingested with, which
 * a space that is gone keeps when the configuration changes.
 */
export async function keysOfLedger(
  { config, store }: TenantContext,
  spaceKey: string,
): Promise<(spaceId: string) => string> {
  const { tenant, ingestion } = config;
  const known = (await store.spaces.get(tenant, spaceKey))?.partialKey;
  const isV1 = known === undefined ? ingestion.useV1KeyFormat : !known.startsWith(`${tenant}/`);
  return (spaceId) => partialKey({ tenant, spaceId, spaceKey }, isV1);
}

/**
 * Spaces that are new to the store, or whose keys differ from those it knows, with what stands under others. Costs no
 * request where every space is known, and else one for the root's folders, and one for each folder that is there already.
 */
export async function unsettledSpaces(
  { config, store, unique }: TenantContext,
  spaces: readonly SpaceOfRun[],
  signal: AbortSignal,
): Promise<readonly UnsettledSpace[]> {
  const { tenant, ingestion } = config;
  const identityOf = ({ spaceId, spaceKey }: SpaceOfRun): SpaceIdentity => ({ tenant, spaceId, spaceKey });
  const open: { space: SpaceOfRun; current: string; known: string | undefined; scopeId: string | undefined }[] = [];
  for (const space of spaces) {
    const current = partialKey(identityOf(space), ingestion.useV1KeyFormat);
    const known = await store.spaces.get(tenant, space.spaceKey);
    if (known?.partialKey !== current) open.push({ space, current, known: known?.partialKey, scopeId: known?.scopeId });
  }
  if (open.length === 0) return [];

  const children = await unique.childScopes(ingestion.scopeId, signal);
  const unsettled: UnsettledSpace[] = [];
  for (const { space, current, known, scopeId } of open) {
    const folders = children.filter((child) => child.id === scopeId || isFolderOf(child, identityOf(space)));
    const former = new Map<string, FormerKeys['changed']>();
    for (const { id, externalId } of folders) {
      const marked = parseSpaceExternalId(externalId) ?? identityOf(space);
      if (marked.tenant !== tenant) {
        for (const useV1 of [false, true]) former.set(partialKey(marked, useV1), 'tenant');
      } else if (marked.spaceId !== space.spaceId) {
        for (const useV1 of [false, true]) former.set(partialKey(marked, useV1), 'space');
      } else {
        const other = partialKey(marked, !ingestion.useV1KeyFormat);
        if (await holdsContents(id, other)) former.set(other, 'format');
      }
    }
    if (known !== undefined) former.set(known, isOfSpace(known, identityOf(space)) ? 'format' : 'space');
    former.delete(current);
    const scope = folders.find(({ externalId }) => externalId === spaceExternalId(identityOf(space))) ?? folders[0];
    unsettled.push({
      space,
      current,
      former: [...former].map(([partial, changed]) => ({ partialKey: partial, changed })),
      ...(scope === undefined ? {} : { scope }),
    });
  }
  return unsettled;

  async function holdsContents(scopeId: string, partial: string): Promise<boolean> {
    const page = await unique.contentsByKeyPrefix({ prefix: `${partial}/`, scopeId, skip: 0, take: 1, signal });
    return page.nodes.length > 0;
  }
}

/** Of this space, of this space under another tenant's name, or of a former space with this key. */
function isFolderOf({ name, externalId }: Scope, { tenant, spaceId, spaceKey }: SpaceIdentity): boolean {
  const marked = parseSpaceExternalId(externalId);
  if (marked === undefined) return name === spaceKey;
  return marked.spaceKey === spaceKey && (marked.spaceId === spaceId || marked.tenant === tenant);
}

/** Both formats of the space's own keys. */
function isOfSpace(partial: string, space: SpaceIdentity): boolean {
  return [false, true].some((useV1) => partialKey(space, useV1) === partial);
}
