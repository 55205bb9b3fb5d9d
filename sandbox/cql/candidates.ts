import type { SearchIndex } from '../site/search-index';
import { ids, texts } from './fields';
import type { Clause, Comparison } from './query';

/**
 * Ids among which every hit of `clause` is, taken from the index without looking at documents; `undefined` when only
 * looking at all of them would do.
 */
export function candidates(clause: Clause, index: SearchIndex): ReadonlySet<string> | undefined {
  if (clause.kind === 'not') return undefined;
  if (clause.kind === 'comparison') return ofComparison(clause, index);
  const parts = clause.parts.map((part) => candidates(part, index));
  if (clause.kind === 'and') return smallest(parts);
  const all = new Set<string>();
  for (const part of parts) {
    if (!part) return undefined;
    for (const id of part) all.add(id);
  }
  return all;
}

function ofComparison(comparison: Comparison, index: SearchIndex): ReadonlySet<string> | undefined {
  if (comparison.operator !== '=' && comparison.operator !== 'in') return undefined;
  switch (comparison.field) {
    case 'id':
    case 'content':
      return new Set(ids(comparison));
    case 'label':
      return union(texts(comparison).map((label) => index.labelled(label)));
    case 'space':
    case 'space.key':
      return union(texts(comparison).map((key) => index.inSpace(key)));
    case 'parent':
    case 'container':
      return union(ids(comparison).map((id) => index.childrenOf(id)));
    case 'ancestor':
      return below(ids(comparison), index);
    default:
      return undefined;
  }
}

function below(roots: readonly string[], index: SearchIndex): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...roots];
  for (let root = waiting.pop(); root !== undefined; root = waiting.pop()) {
    for (const id of index.childrenOf(root)) {
      if (found.has(id)) continue;
      found.add(id);
      waiting.push(id);
    }
  }
  return found;
}

/** A single set is not copied: a label may be on a million pages. */
function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  if (sets.length === 1 && sets[0]) return sets[0];
  const all = new Set<string>();
  for (const set of sets) for (const id of set) all.add(id);
  return all;
}

function smallest(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  return sets.reduce((best, set) => (set && (!best || set.size < best.size) ? set : best), undefined);
}
