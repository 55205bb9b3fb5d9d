import { HttpError, NotFoundError, RateLimitedError } from '../http/errors';
import type { FoundPage, LookUp } from '../rules/evidence';
import type { ConfluenceApi } from './api';
import { labelsOf } from './content-row';
import { idsQuery } from './cql';
import { readHiddenLabels } from './label-reader';
import { fieldsAt, idAt, optionalCount, optionalId, optionalText, RowShapeError, textAt, toFields } from './row-fields';

/** Pages a search: their ids stand in the URL. */
const PAGES_PER_SEARCH = 50;
const EXPAND = ['metadata.labels', 'version', 'space', 'ancestors'];
/** A listing that shows more pages than this for so few ids leads round in circles. */
const MAX_TURNS = 2 * PAGES_PER_SEARCH;

/**
 * Looks pages up by their ids, whatever earlier listings said: in bulk by a search, whose rows are as fresh as the
 * database even where its index lags; and where the product lets us read by id (Data Center), the missing ones so.
 *
 * An answer that leaves a page's fate open makes it `unknown`, never missing: only rate limits are thrown.
 *
 * @throws {RateLimitedError}
 */
export async function lookUpPages(
  api: ConfluenceApi,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, LookUp>> {
  const found = new Map<string, LookUp>();
  const readable = [...new Set(ids)].filter((id) => /^\d+$/.test(id));
  for (let from = 0; from < readable.length; from += PAGES_PER_SEARCH) {
    const part = readable.slice(from, from + PAGES_PER_SEARCH);
    for (const [id, lookUp] of await orUnknown(part, () => searchFor(api, part, signal))) found.set(id, lookUp);
  }
  for (const id of ids) if (!found.has(id)) found.set(id, { kind: 'unknown', why: 'its id is none of Confluence' });
  return found;
}

async function searchFor(
  api: ConfluenceApi,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, LookUp>> {
  const asked = new Set(ids);
  const found = new Map<string, LookUp>();
  let cursor: string | undefined;
  for (let turn = 0; ; turn++) {
    const request = { cql: idsQuery(ids), expand: EXPAND, limit: PAGES_PER_SEARCH, cursor, signal };
    const { rows, next } = await api.search(request);
    const labels = await readHiddenLabels(api, rows, signal);
    for (const row of rows) {
      const id = optionalId(toFields(row));
      if (id === undefined || !asked.has(id)) continue;
      found.set(id, parseLookUp(row, labels.get(id)));
    }
    if (next === undefined) break;
    if (turn > MAX_TURNS || next === cursor) return unknown(ids, "Confluence's search does not end");
    cursor = next;
  }
  for (const id of ids) {
    if (found.has(id)) continue;
    const [, alone] = [...(await orUnknown([id], () => readAlone(api, id, signal)))][0] ?? [];
    found.set(id, alone ?? { kind: 'not-found' });
  }
  return found;
}

/** Data Center tells by id at once what its index does not know yet, or not any more: also trashed and archived pages. */
async function readAlone(
  api: ConfluenceApi,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, LookUp>> {
  if (api.readById === undefined) return new Map([[id, { kind: 'not-found' }]]);
  try {
    return new Map([[id, parseLookUp(await api.readById(id, EXPAND, signal), undefined)]]);
  } catch (error) {
    if (error instanceof NotFoundError && error.certain) return new Map([[id, { kind: 'not-found' }]]);
    throw error;
  }
}

/** What goes wrong says nothing about the pages; waiting for a rate limit helps, so that is thrown. */
async function orUnknown(
  ids: readonly string[],
  ask: () => Promise<ReadonlyMap<string, LookUp>>,
): Promise<ReadonlyMap<string, LookUp>> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof HttpError) || error instanceof RateLimitedError) throw error;
    const status = error.status === undefined ? 'was not answered' : `was answered ${error.status}`;
    return unknown(ids, `looking it up ${status} (${error.name})`);
  }
}

function unknown(ids: readonly string[], why: string): ReadonlyMap<string, LookUp> {
  return new Map(ids.map((id) => [id, { kind: 'unknown', why }]));
}

function parseLookUp(row: unknown, labelsReadApart: readonly string[] | undefined): LookUp {
  try {
    return { kind: 'found', page: parseFound(row, labelsReadApart) };
  } catch (error) {
    if (error instanceof RowShapeError) return { kind: 'unknown', why: `its row could not be read: ${error.message}` };
    throw error;
  }
}

function parseFound(row: unknown, labelsReadApart: readonly string[] | undefined): FoundPage {
  const fields = toFields(row);
  const space = fieldsAt(fields, 'space');
  const labels = labelsReadApart ?? labelsOf(row);
  if (labels === undefined) throw new RowShapeError('metadata.labels is missing or cut');
  const version = optionalCount(fieldsAt(fields, 'version'), 'number');
  if (version === undefined) throw new RowShapeError('version.number is no number');
  const { ancestors } = fields;
  // Without them nothing is known of the trees that the page may lie in.
  if (!Array.isArray(ancestors)) throw new RowShapeError('ancestors is no list');
  return {
    id: idAt(fields, 'id'),
    type: textAt(fields, 'type'),
    status: textAt(fields, 'status'),
    version,
    space: { key: textAt(space, 'key', 'space.key'), type: optionalText(space, 'type') ?? '' },
    labels,
    ancestorIds: ancestors.map((one) => idAt(toFields(one), 'ancestors.id')),
  };
}
