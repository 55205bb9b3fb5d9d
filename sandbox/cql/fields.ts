import type { Space, SearchDocument } from '../site/content';
import type { SearchIndex } from '../site/search-index';
import { type DateContext, type DateSpan, toDateSpan } from './dates';
import { CqlError } from './errors';
import type { Comparison, Operator, Value } from './query';

/** Decides whether a document satisfies a clause. */
export type Predicate = (document: SearchDocument) => boolean;

/** What comparisons are evaluated against. */
export interface SearchContext extends DateContext {
  readonly index: SearchIndex;
  readonly flavor: 'cloud' | 'data-center';
  readonly findSpace: (key: string) => Space | undefined;
  /** The whole storage body of a document; empty for one without. */
  readonly bodyOf: (document: SearchDocument) => string;
}

interface Field {
  readonly operators: readonly Operator[];
  readonly compile: (comparison: Comparison, context: SearchContext) => Predicate;
}

const EXACT: readonly Operator[] = ['=', '!=', 'in', 'not in'];
const MATCHING: readonly Operator[] = [...EXACT, '~', '!~'];
const ORDERED: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<='];
const ID = /^(att)?\d+$/;

const DATA_CENTER_TYPES = ['space', 'user', 'page', 'blogpost', 'comment', 'attachment'];
const CLOUD_TYPES = [...DATA_CENTER_TYPES, 'database', 'whiteboard', 'slide', 'embed', 'folder'];

const FIELDS: Readonly<Record<string, Field>> = {
  ancestor: { operators: EXACT, compile: (comparison, { index }) => ancestorIs(ids(comparison), index) },
  container: { operators: EXACT, compile: (comparison) => parentIs(ids(comparison), true) },
  content: { operators: EXACT, compile: (comparison) => idIs(ids(comparison)) },
  created: { operators: ORDERED, compile: dateIs((document) => document.createdAt) },
  id: { operators: EXACT, compile: (comparison) => idIs(ids(comparison)) },
  label: { operators: EXACT, compile: (comparison) => labelIs(lowerCaseTexts(comparison)) },
  lastmodified: { operators: ORDERED, compile: dateIs((document) => document.version.when) },
  parent: { operators: EXACT, compile: (comparison) => parentIs(ids(comparison), false) },
  space: { operators: EXACT, compile: (comparison) => spaceIs(lowerCaseTexts(comparison)) },
  'space.key': { operators: EXACT, compile: (comparison) => spaceIs(lowerCaseTexts(comparison)) },
  'space.type': { operators: EXACT, compile: (comparison, context) => spaceTypeIs(comparison, context) },
  text: { operators: ['~', '!~'], compile: (comparison, context) => textHolds(comparison, context) },
  title: { operators: MATCHING, compile: (comparison) => titleIs(comparison) },
  type: { operators: EXACT, compile: (comparison, { flavor }) => typeIs(comparison, flavor) },
};

/** Fields that `ORDER BY` accepts, and what they sort by. */
const SORT_KEYS: Readonly<Record<string, (document: SearchDocument) => number | string>> = {
  id: (document) => Number(document.id.replace('att', '')),
  created: (document) => document.createdAt,
  lastmodified: (document) => document.version.when,
  title: (document) => document.title.toLowerCase(),
};

/**
 * The test of one comparison, with negative operators turned round.
 *
 * @throws {CqlError} for an unknown field, an operator that the field does not have, or a value it does not take
 */
export function compileComparison(comparison: Comparison, context: SearchContext): Predicate {
  const field = FIELDS[comparison.field];
  if (!field) throw unknownField(comparison.field);
  if (!field.operators.includes(comparison.operator)) {
    throw new CqlError(`Unsupported operator '${comparison.operator}' for field '${comparison.field}'`);
  }
  const test = field.compile(comparison, context);
  const negative = ['!=', '!~', 'not in'].includes(comparison.operator);
  return negative ? (document) => !test(document) : test;
}

/** @throws {CqlError} for a field that cannot be sorted by */
export function sortKey(field: string): (document: SearchDocument) => number | string {
  const key = SORT_KEYS[field];
  if (!key) throw FIELDS[field] ? new CqlError(`Field '${field}' is not sortable`) : unknownField(field);
  return key;
}

/** The texts behind a comparison. @throws {CqlError} for a function where a text is needed */
export function texts({ values, field }: Comparison): readonly string[] {
  return values.map((value: Value) => {
    if (value.kind === 'text') return value.text;
    throw new CqlError(`Function '${value.name}' is not supported for field '${field}'`);
  });
}

/** The ids behind a comparison. @throws {CqlError} for anything that is no content id */
export function ids(comparison: Comparison): readonly string[] {
  const found = texts(comparison);
  const wrong = found.find((id) => !ID.test(id));
  if (wrong !== undefined) throw new CqlError(`Invalid content id '${wrong}' for field '${comparison.field}'`);
  return found;
}

function unknownField(name: string): CqlError {
  const near = [...Object.keys(FIELDS), 'subtype', 'siteSearch']
    .sort((one, other) => likeness(other, name) - likeness(one, name) || one.localeCompare(other))
    .slice(0, 5);
  return new CqlError(`No field exists with the name: '${name}' Did you mean one of : ${near.join(', ')}`);
}

function likeness(one: string, other: string): number {
  return [...new Set(one)].filter((letter) => other.includes(letter)).length / new Set(one + other).size;
}

function lowerCaseTexts(comparison: Comparison): readonly string[] {
  return texts(comparison).map((text) => text.toLowerCase());
}

function idIs(wanted: readonly string[]): Predicate {
  const set = new Set(wanted);
  return ({ id }) => set.has(id);
}

function labelIs(wanted: readonly string[]): Predicate {
  return ({ labels }) => wanted.some((label) => labels.includes(label));
}

function spaceIs(wanted: readonly string[]): Predicate {
  const set = new Set(wanted);
  return ({ spaceKey }) => set.has(spaceKey.toLowerCase());
}

function spaceTypeIs(comparison: Comparison, { findSpace }: SearchContext): Predicate {
  const wanted = lowerCaseTexts(comparison);
  return ({ spaceKey }) => wanted.includes(findSpace(spaceKey)?.type ?? '');
}

function parentIs(wanted: readonly string[], attachments: boolean): Predicate {
  const set = new Set(wanted);
  return ({ parentId, type }) => parentId !== undefined && (type === 'attachment') === attachments && set.has(parentId);
}

function ancestorIs(wanted: readonly string[], index: SearchIndex): Predicate {
  const set = new Set(wanted);
  return (document) => {
    let parentId = document.parentId;
    while (parentId !== undefined) {
      if (set.has(parentId)) return true;
      parentId = index.find(parentId)?.parentId;
    }
    return false;
  };
}

function titleIs(comparison: Comparison): Predicate {
  const wanted = lowerCaseTexts(comparison);
  if (wanted.includes('')) throw new CqlError(`Title must not be empty`);
  const exact = comparison.operator !== '~' && comparison.operator !== '!~';
  return ({ title }) => wanted.some((text) => (exact ? title.toLowerCase() === text : holds(title, text)));
}

function textHolds(comparison: Comparison, { bodyOf }: SearchContext): Predicate {
  const [wanted = ''] = lowerCaseTexts(comparison);
  return (document) => holds(document.title, wanted) || holds(bodyOf(document), wanted);
}

/** A stand-in for full text: every word of `wanted` occurs, wild cards and order are ignored. */
function holds(text: string, wanted: string): boolean {
  const lower = text.toLowerCase();
  return wanted
    .replace(/[*?"~]/g, ' ')
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

function typeIs(comparison: Comparison, flavor: SearchContext['flavor']): Predicate {
  const wanted = lowerCaseTexts(comparison);
  const known = flavor === 'cloud' ? CLOUD_TYPES : DATA_CENTER_TYPES;
  const wrong = wanted.find((type) => !known.includes(type) && !type.includes(':'));
  if (wrong !== undefined) {
    throw new CqlError(`Unsupported value for type, got : ${wrong}, expected one of :[${known.join(', ')}]`);
  }
  return ({ type }) => wanted.includes(type);
}

function dateIs(instantOf: (document: SearchDocument) => number): Field['compile'] {
  return ({ values: [value], field, operator }, context) => {
    const span = toDateSpan(value ?? { kind: 'text', text: '' }, field, context);
    return (document) => compareInstant(instantOf(document), operator, span);
  };
}

function compareInstant(instant: number, operator: Operator, { from, until }: DateSpan): boolean {
  if (operator === '>') return instant >= until;
  if (operator === '>=') return instant >= from;
  if (operator === '<') return instant < from;
  if (operator === '<=') return instant < until;
  return instant >= from && instant < until;
}
