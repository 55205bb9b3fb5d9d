/** When a plan of removals is too large to be believed. */
export interface GuardLimits {
  /** Percent of what was stored; more than this blocks. */
  readonly maxShare: number;
  /** Up to so many removals never block. */
  readonly minItems: number;
}

/** Removals of the last 24 hours and of the plan; moves and approved ones left out. */
export interface RemovalCounts {
  readonly done: number;
  readonly planned: number;
  /** The largest count stored before ingestion in those 24 hours: new items excuse no removals. */
  readonly stored: number;
  /** Counts only what stood there a day ago, so that neither do items which earlier runs of the day brought. */
  readonly isLasting?: boolean;
}

/** Tenant-wide: a renamed label or a lost permission empties many small spaces, none of which is suspicious alone. */
export const TENANT_LIMITS = { maxShare: 10, minItems: 20, maxSpacesShare: 5, minSpaces: 1 } as const;

/** Why the space's removals wait for a person, or `undefined` when they need not. */
export function spaceGuard(
  { done, planned, stored, isLasting }: RemovalCounts,
  { maxShare, minItems }: GuardLimits,
): string | undefined {
  const removed = done + planned;
  if (planned === 0 || removed <= minItems) return undefined;
  if (removed >= stored) return `all ${stored} contents of the space${which(isLasting)} would be gone`;
  if (removed * 100 > stored * maxShare) {
    return `${removed} of ${stored} contents${which(isLasting)} would be gone within 24 hours, more than ${maxShare} %`;
  }
  return undefined;
}

/** Why every further removal of the tenant waits, or `undefined`. */
export function tenantGuard(items: RemovalCounts, emptiedSpaces: RemovalCounts): string | undefined {
  const { maxShare, minItems, maxSpacesShare, minSpaces } = TENANT_LIMITS;
  const removed = items.done + items.planned;
  if (items.planned > 0 && removed > minItems && removed * 100 > items.stored * maxShare) {
    return `${removed} of the tenant's ${items.stored} contents${which(items.isLasting)} would be gone within 24 hours, more than ${maxShare} %`;
  }
  const emptied = emptiedSpaces.done + emptiedSpaces.planned;
  if (emptiedSpaces.planned > 0 && emptied > minSpaces && emptied * 100 > emptiedSpaces.stored * maxSpacesShare) {
    return `${emptied} of the tenant's ${emptiedSpaces.stored} spaces would be gone within 24 hours, more than ${maxSpacesShare} %`;
  }
  return undefined;
}

const which = (isLasting = false): string => (isLasting ? ' that stood there a day ago' : '');

/** Stands for every space in the approvals of a request: its fingerprint is that of all blocked sets together. */
export const EVERY_SPACE = '*';

/** The text whose hash names a set of removals: the same set gives the same text, in whatever order. */
export function removalSetText(spaceKey: string, itemKeys: readonly string[]): string {
  return [spaceKey, ...[...new Set(itemKeys)].sort()].join('\n');
}
