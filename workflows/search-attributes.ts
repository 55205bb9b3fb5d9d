import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { searchAttributes } from '../rules/workflow-names';

/**
 * Sets the search attributes that the namespace knows: an unknown one, and a list of none, would hold the workflow in
 * `BadSearchAttributes` until somebody steps in.
 *
 * @param known as `openTenant` found them; empty when the tenant could not be opened
 */
export function label(
  known: readonly string[],
  values: Partial<Readonly<Record<(typeof searchAttributes)[number], string>>>,
): void {
  const pairs = Object.entries(values)
    .filter(([name]) => known.includes(name))
    .map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value }));
  if (pairs.length > 0) upsertSearchAttributes(pairs);
}
