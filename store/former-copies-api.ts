import type { Failure } from '../rules/report';
import type { RunKey, SpaceRunKey, Writer } from './store';

/** A content under keys that its space had before: of another key format, tenant name, or of a former space with this key. */
export interface FormerCopy {
  readonly itemKey: string;
  /** What all its keys shared. */
  readonly partialKey: string;
  readonly contentId: string;
}

/** What is left under a space's former keys; each copy leaves when the item is finalized under the new ones, or by evidence. */
export interface FormerCopies {
  /**
   * Begins a change of keys: the ledger of the space, which speaks of the old ones, is forgotten; copies are added next,
   * and {@link FormerCopies.settle} ends it. Safe to repeat from wherever it broke off.
   *
   * @param doubtBefore requests announced before this can reach nothing any more
   * @returns since when a request under the old keys, or a removal under the new ones, may be on its way; nothing was changed then
   * @throws {SupersededError}
   */
  begin(
    key: SpaceRunKey,
    keys: { readonly former: readonly string[]; readonly current: string },
    doubtBefore: number,
  ): Promise<{ readonly inDoubtSince?: number }>;
  /** @throws {SupersededError} */
  add(key: SpaceRunKey, copies: readonly FormerCopy[]): Promise<void>;
  /** The space's contents stand under these keys from now on, in this scope if it is known. @throws {SupersededError} */
  settle(
    key: SpaceRunKey,
    space: { readonly spaceId: string; readonly partialKey: string; readonly scopeId?: string },
  ): Promise<void>;
  /** Spaces that have copies, of these keys if given, belong to the run even where it lists nothing: else copies would stay for good. */
  joinRun(key: RunKey, spaceKeys?: readonly string[]): Promise<void>;
  count(tenant: string, spaceKey: string): Promise<number>;
  /** Item keys of copies, in chunks. */
  itemKeys(tenant: string, spaceKey: string): AsyncIterable<readonly string[]>;
  /** Copies of these items. */
  ofItems(tenant: string, spaceKey: string, itemKeys: readonly string[]): Promise<readonly FormerCopy[]>;
  /** Copies whose item is finalized under the current keys, by item key after `after`. */
  superseded(key: SpaceRunKey, after: string, limit: number): Promise<readonly FormerCopy[]>;
  /** Before removing: of these, the copies that are still superseded; their keys are noted as being removed. @throws {SupersededError} */
  announce(writer: Writer, copies: readonly FormerCopy[], at: number): Promise<readonly FormerCopy[]>;
  /** The copies are gone; counted as moved. @throws {SupersededError} */
  recordRemoved(writer: Writer, copies: readonly FormerCopy[], at: number): Promise<void>;
  /** The copies stay for now. @throws {SupersededError} */
  recordFailed(writer: Writer, failures: readonly Failure[], at: number): Promise<void>;
}
