import type { ConfluenceApi } from './api';
import { labelsOf, shownLabels } from './content-row';
import { idsQuery } from './cql';
import { optionalId, toFields } from './row-fields';

/** Rows of one page whose labels are read apart; rows beyond are reported as unreadable. */
const MAX_READS_PER_PAGE = 10;

/**
 * Labels of the rows that do not tell them all, each read alone: only a search with several rows cuts them.
 *
 * Taken as they are, a page that carries the label of a tree's root could lose its tree.
 */
export async function readHiddenLabels(
  api: ConfluenceApi,
  rows: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const hidden = rows
    .filter((row) => labelsOf(row) === undefined)
    .flatMap((row) => optionalId(toFields(row)) ?? [])
    .filter((id) => /^\d+$/.test(id));
  const labels = new Map<string, readonly string[]>();
  for (const id of hidden.slice(0, MAX_READS_PER_PAGE)) {
    const { rows: found } = await api.search({ cql: idsQuery([id]), expand: ['metadata.labels'], limit: 1, signal });
    const shown = shownLabels(found.find((row) => optionalId(toFields(row)) === id));
    if (shown !== undefined) labels.set(id, shown);
  }
  return labels;
}
