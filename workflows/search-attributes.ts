import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { searchAttributes } from '../rules/workflow-names';

/**
 * The search attributes that may be set: one that the namespace does not know would hold the workflow in
 * `BadSearchAttributes` until somebody creates it.
 */
export function knownSearchAttributes(
  known: readonly string[],
  values: Partial<Readonly<Record<(typeof searchAttributes)[number], string>>>,
): SearchAttributeUpdatePair[] {
  return Object.entries(values)
    .filter(([name]) => known.includes(name))
    .map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value }));
}
