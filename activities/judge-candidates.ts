import { type Finding, findingOf, findingOfAttachment, judge, type LookUp } from '../rules/evidence';
import { parseItemKey } from '../rules/item';
import type { JudgedCandidate, RemovalCandidate } from '../store/removals-api';
import type { SpaceRunKey } from '../store/store';
import { attachmentLists } from './attachment-lists';
import type { TenantContext } from './context';

/** Of this run, and of the space that the candidates are in. */
export interface Judging {
  readonly key: SpaceRunKey;
  /** Where the ledger does not say which space a content came from. */
  readonly spaceId: string;
  /** Milliseconds since the epoch. */
  readonly runStartedAt: number;
  readonly now: number;
}

/**
 * Looks candidates up and judges them, pages and attachments alike: an attachment shares its page's look-up.
 *
 * @throws {RateLimitedError} every other trouble makes candidates stay
 */
export async function judgeCandidates(
  context: TenantContext,
  candidates: readonly RemovalCandidate[],
  { key, spaceId, runStartedAt, now }: Judging,
  signal: AbortSignal,
): Promise<readonly JudgedCandidate[]> {
  const { config, confluence } = context;
  const { ingestSingleLabel: single, ingestAllLabel: all } = config.confluence;
  const pages = await confluence.lookUp([...new Set(candidates.map(({ itemKey }) => pageOf(itemKey)))], signal);
  const ancestors = await lookUpAncestors(context, [...pages.values()], signal);
  const findings = new Map(
    [...pages].map(([id, lookUp]) => [
      id,
      findingOf(lookUp, key.spaceKey, { single, all }, (above) => ancestors.get(above)),
    ]),
  );
  const lookUpOf = (id: string) => ({ lookUp: pages.get(id), finding: findings.get(id) });
  const lists = await attachmentLists(context, key, candidates, lookUpOf, signal);
  const found = candidates.map((candidate) => {
    const { itemKey } = candidate;
    const ofPage: Finding = findings.get(pageOf(itemKey)) ?? { kind: 'unknown', why: 'it was not looked up' };
    const finding =
      parseItemKey(itemKey).attachmentId === undefined ? ofPage : findingOfAttachment(ofPage, lists.get(itemKey));
    return { candidate, finding };
  });
  const emptyThere = await emptyElsewhere(context, key, found);
  return found.map(({ candidate, finding }) => {
    const { itemKey } = candidate;
    const emptyVersion = finding.kind === 'moved' ? emptyThere.get(itemKey) : candidate.emptyVersion;
    const known = { ...candidate, emptyVersion };
    const verdict = judge(known, finding, { now, runStartedAt, graceMs: config.deletion.graceMinutes * 60_000 });
    const isFound = finding.kind !== 'not-found' && finding.kind !== 'unknown';
    return {
      itemKey,
      spaceId: candidate.spaceId ?? spaceId,
      verdict: verdict.kind === 'remove' ? 'remove' : 'hold',
      why: verdict.why,
      ...(verdict.kind === 'remove' && verdict.toSpace !== undefined ? { toSpace: verdict.toSpace } : {}),
      ...(verdict.kind === 'remove' && verdict.into !== undefined ? { into: verdict.into } : {}),
      isEmpty: finding.kind === 'eligible',
      lookedUpAt: now,
      tombstone: verdict.kind === 'tombstone' ? 'set' : isFound ? 'clear' : 'keep',
    };
  });
}

const pageOf = (itemKey: string): string => parseItemKey(itemKey).pageId;

/** A page without a label of its own may lie below one that carries the label for trees. */
async function lookUpAncestors(
  { confluence }: TenantContext,
  pages: readonly LookUp[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LookUp>> {
  const ids = pages.flatMap((lookUp) => (lookUp.kind === 'found' ? lookUp.page.ancestorIds : []));
  return ids.length === 0 ? new Map() : confluence.lookUp([...new Set(ids)], signal);
}

/** Versions of moved candidates that were read in their new space and are empty. */
async function emptyElsewhere(
  { store }: TenantContext,
  { tenant }: SpaceRunKey,
  found: readonly { readonly candidate: RemovalCandidate; readonly finding: Finding }[],
): Promise<ReadonlyMap<string, number>> {
  const bySpace = new Map<string, string[]>();
  for (const { candidate, finding } of found) {
    if (finding.kind !== 'moved') continue;
    bySpace.set(finding.toSpace, [...(bySpace.get(finding.toSpace) ?? []), candidate.itemKey]);
  }
  const versions = new Map<string, number>();
  for (const [spaceKey, itemKeys] of bySpace) {
    const empty = await store.removals.emptyVersions(tenant, spaceKey, itemKeys);
    for (const [itemKey, version] of empty) versions.set(itemKey, version);
  }
  return versions;
}
