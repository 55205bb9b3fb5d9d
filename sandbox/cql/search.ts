import type { SearchDocument } from '../site/content';
import type { SearchIndex } from '../site/search-index';
import { candidates } from './candidates';
import { type Predicate, type SearchContext, compileComparison, sortKey } from './fields';
import { parseCql } from './parse';
import type { Clause, Order } from './query';

/**
 * All documents that `cql` finds, in the order of `ORDER BY`, else of their creation.
 *
 * @throws {CqlError}
 */
export function searchDocuments(cql: string, context: SearchContext): readonly SearchDocument[] {
  const { where, orderBy } = parseCql(cql);
  const matches = compile(where, context);
  const compare = comparator(orderBy);
  const hits: SearchDocument[] = [];
  for (const document of pool(where, context)) if (matches(document)) hits.push(document);
  return hits.sort(compare);
}

function pool(where: Clause, { index }: SearchContext): Iterable<SearchDocument> {
  const some = candidates(where, index);
  return some ? found(some, index) : index.all();
}

function* found(ids: ReadonlySet<string>, index: SearchIndex): Generator<SearchDocument> {
  for (const id of ids) {
    const document = index.find(id);
    if (document) yield document;
  }
}

function compile(clause: Clause, context: SearchContext): Predicate {
  if (clause.kind === 'comparison') return compileComparison(clause, context);
  if (clause.kind === 'not') {
    const inner = compile(clause.part, context);
    return (document) => !inner(document);
  }
  const parts = clause.parts.map((part) => compile(part, context));
  return clause.kind === 'and'
    ? (document) => parts.every((part) => part(document))
    : (document) => parts.some((part) => part(document));
}

function comparator(orderBy: readonly Order[]): (one: SearchDocument, other: SearchDocument) => number {
  const keys = orderBy.map(({ field, descending }) => ({ key: sortKey(field), sign: descending ? -1 : 1 }));
  return (one, other) => {
    for (const { key, sign } of keys) {
      const [left, right] = [key(one), key(other)];
      if (left < right) return -sign;
      if (left > right) return sign;
    }
    return one.ordinal - other.ordinal;
  };
}
