/** Ids in one `IN (…)`: they stand in the URL, whose length servers bound. */
export const MAX_IDS_PER_QUERY = 100;

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
