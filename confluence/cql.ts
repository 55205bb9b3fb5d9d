/** Ids in one `IN (…)`. */
export const MAX_IDS_PER_QUERY = 100;
/** Of a query as it stands in the URL; with what rows bring along it stays far below what servers and proxies take (8 KiB). */
const MAX_ENCODED_LENGTH = 4_000;

/** Thrown when a query would be built from an id that is none; ids stand in queries unquoted. */
export class InvalidContentIdError extends RangeError {
  override readonly name = 'InvalidContentIdError';

  constructor() {
    super('A Confluence content id consists of digits only.');
  }
}

/** All contents with one of the labels, of the whole site or of one space; attachments can carry labels and are left out. */
export function labelQuery(labels: readonly string[], spaceKey?: string): string {
  const either = [...new Set(labels)].map((label) => `label = ${quote(label)}`).join(' OR ');
  // A negative clause must not come first: https://developer.atlassian.com/cloud/confluence/cql-operators/
  const inSpace = spaceKey === undefined ? '' : ` AND space = ${quote(spaceKey)}`;
  return `(${either}) AND type != attachment${inSpace}`;
}

/**
 * All contents below the roots, at any depth, without attachments.
 *
 * @throws {InvalidContentIdError}
 */
export function descendantsQuery(rootIds: readonly string[]): string {
  return `ancestor IN (${idList(rootIds)}) AND type != attachment`;
}

/** Roots in as many parts as they need searches, each short enough for a URL. */
export function partsOfRoots(rootIds: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  for (const id of rootIds) {
    const last = parts.at(-1);
    if (last !== undefined && fits([...last, id])) last.push(id);
    else parts.push([id]);
  }
  return parts;
}

function fits(rootIds: readonly string[]): boolean {
  return (
    rootIds.length <= MAX_IDS_PER_QUERY && encodeURIComponent(descendantsQuery(rootIds)).length <= MAX_ENCODED_LENGTH
  );
}

/**
 * The contents with these ids.
 *
 * @throws {InvalidContentIdError}
 */
export function idsQuery(ids: readonly string[]): string {
  return `id IN (${idList(ids)})`;
}

function idList(ids: readonly string[]): string {
  if (ids.length > MAX_IDS_PER_QUERY) throw new RangeError(`At most ${MAX_IDS_PER_QUERY} ids fit into a query.`);
  if (ids.length === 0 || !ids.every((id) => /^\d+$/.test(id))) throw new InvalidContentIdError();
  return ids.join(',');
}

/** A quoted CQL text; an unescaped quote would let a label continue the query. */
function quote(value: string): string {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}
