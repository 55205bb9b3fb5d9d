import { hasLabel, type SyncLabels } from './content-metadata';
import { isIngestible, isSyncedSpace } from './content-type';

/** A page as Confluence showed it when it was looked up by its id. */
export interface FoundPage {
  readonly id: string;
  readonly type: string;
  /** `current`, `trashed`, `archived`, … */
  readonly status: string;
  readonly version: number;
  readonly space: { readonly key: string; readonly type: string };
  readonly labels: readonly string[];
  readonly ancestorIds: readonly string[];
}

/** What one look-up of a page by its id came to. */
export type LookUp =
  | { readonly kind: 'found'; readonly page: FoundPage }
  /** The answer names it as missing, or a complete search by id lacks it. */
  | { readonly kind: 'not-found' }
  /** 401, 403, a 404 that names nothing, HTML, 5xx, an unreadable row: nobody knows. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What a look-up immediately before a removal says about a candidate. */
export type Finding =
  | { readonly kind: 'eligible'; readonly version: number }
  /** Found in another space, where it is eligible. */
  | { readonly kind: 'moved'; readonly toSpace: string; readonly version: number }
  /** An image that becomes part of its page. */
  | { readonly kind: 'inlined'; readonly into: InlinedInto }
  /** Found, and it does not belong to the knowledge base: unlabelled, outside every root, trashed, … */
  | { readonly kind: 'not-eligible'; readonly why: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly why: string };

/** The page that an image becomes part of, and the fingerprint that it has with all its images. */
export interface InlinedInto {
  /** Where the page is now. */
  readonly spaceKey: string;
  readonly itemKey: string;
  readonly fingerprint: string;
}

/** What is known of a page's attachments in a run. */
export interface AttachmentList {
  /** Walked to its end without an error. */
  readonly isComplete: boolean;
  /** Has the candidate among the wanted ones. */
  readonly hasCandidate: boolean;
  /** The candidate's own version, which its page's says nothing about; set when the list has it. */
  readonly version?: number;
  /** Set when the candidate is listed as an image that becomes part of its page. */
  readonly into?: InlinedInto;
}

/**
 * Whether a looked-up page belongs to the knowledge base: current, in a space that is synced, with a label of its own
 * or below a page that carries the one for trees.
 *
 * @param spaceKey of the candidate
 * @param ancestor look-ups of the pages above; those that could not be read leave the question open
 */
export function findingOf(
  lookUp: LookUp,
  spaceKey: string,
  labels: SyncLabels,
  ancestor: (id: string) => LookUp | undefined,
): Finding {
  if (lookUp.kind !== 'found') return lookUp;
  const { page } = lookUp;
  if (page.status !== 'current') return { kind: 'not-eligible', why: `it is ${page.status}` };
  if (!isIngestible(page.type)) return { kind: 'not-eligible', why: 'it has no body any more' };
  if (!isSyncedSpace(page.space)) return { kind: 'not-eligible', why: 'it is in a personal space' };
  const own = hasLabel(page.labels, labels.single) || hasLabel(page.labels, labels.all);
  const above = page.ancestorIds.map(ancestor);
  const inTree = above.some((one) => one?.kind === 'found' && hasLabel(one.page.labels, labels.all));
  if (own || inTree) {
    return page.space.key === spaceKey
      ? { kind: 'eligible', version: page.version }
      : { kind: 'moved', toSpace: page.space.key, version: page.version };
  }
  if (above.some((one) => one?.kind !== 'found')) {
    return { kind: 'unknown', why: 'a page above it could not be read' };
  }
  return { kind: 'not-eligible', why: 'it carries no label of the sync and lies below no page that does' };
}

/**
 * What a page's look-up says about one of its attachments: it shares the page's fate, and where the page stays, only
 * the page's complete list can say that the file is gone.
 *
 * @param list of the space that the page is in now; `undefined` when this run did not list the page
 */
export function findingOfAttachment(page: Finding, list: AttachmentList | undefined): Finding {
  if (page.kind !== 'eligible' && page.kind !== 'moved') return page;
  if (list === undefined) return { kind: 'unknown', why: 'its page was found, but this run did not list it' };
  if (list.into !== undefined) return { kind: 'inlined', into: list.into };
  if (list.hasCandidate) return { ...page, version: list.version ?? page.version };
  if (list.isComplete) {
    return { kind: 'not-eligible', why: 'the complete list of its page has no such file that is wanted' };
  }
  return { kind: 'unknown', why: "its page's list of attachments is not complete" };
}

/** What the store knows of a candidate for a removal. */
export interface Candidate {
  /** When a complete run first neither listed nor found it; milliseconds since the epoch. */
  readonly absentSince?: number;
  /** The version that was read, in the space that it is in now, and is empty, while an older text stands in Unique. */
  readonly emptyVersion?: number | undefined;
}

/** What a candidate comes to. */
export type Verdict =
  /** Stays; found again, its tombstone goes. */
  | { readonly kind: 'keep'; readonly why: string; readonly clearTombstone: boolean }
  /** Stays for now; a later run may remove it. */
  | { readonly kind: 'tombstone'; readonly why: string }
  /** `toSpace`: only when that space has it finalized. `into`: only when the page there is, with the image in it. */
  | { readonly kind: 'remove'; readonly why: string; readonly toSpace?: string; readonly into?: InlinedInto };

/** Times that a verdict depends on; milliseconds (since the epoch). */
export interface JudgedAt {
  readonly now: number;
  /** A tombstone counts only when an earlier run made it. */
  readonly runStartedAt: number;
  readonly graceMs: number;
}

/**
 * Judges one candidate for a removal. Listings and diffs only propose; a look-up at most minutes old decides, and
 * whatever it leaves open keeps the content.
 */
export function judge(candidate: Candidate, finding: Finding, at: JudgedAt): Verdict {
  switch (finding.kind) {
    case 'eligible':
      return finding.version === candidate.emptyVersion
        ? EMPTY_NOW
        : { kind: 'keep', why: 'index disagrees: it was found and is wanted', clearTombstone: true };
    case 'moved': {
      // Nothing of it will ever be finalized there: waiting for that would keep the old text for good.
      if (finding.version === candidate.emptyVersion) return EMPTY_NOW;
      const { toSpace } = finding;
      return { kind: 'remove', why: `moved to space ${toSpace}`, toSpace };
    }
    case 'inlined': {
      const { into } = finding;
      return { kind: 'remove', why: 'it is part of its page now', toSpace: into.spaceKey, into };
    }
    case 'not-eligible':
      return { kind: 'remove', why: finding.why };
    case 'unknown':
      return { kind: 'keep', why: finding.why, clearTombstone: false };
    case 'not-found':
      return judgeAbsent(candidate.absentSince, at);
  }
}

const EMPTY_NOW: Verdict = { kind: 'remove', why: 'its text is empty now' };

/** Confluence may answer "not found" for a page that the account no longer sees: only time and the guard tell them apart. */
function judgeAbsent(absentSince: number | undefined, { now, runStartedAt, graceMs }: JudgedAt): Verdict {
  if (absentSince === undefined) return { kind: 'tombstone', why: 'not found for the first time' };
  if (absentSince >= runStartedAt || now - absentSince < graceMs) {
    return { kind: 'tombstone', why: 'not found, but its grace has not ended' };
  }
  return { kind: 'remove', why: `neither listed nor found since ${new Date(absentSince).toISOString()}` };
}
