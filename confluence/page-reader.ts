import { type HttpError, ResponseShapeError } from '../http/errors';
import type { ConfluenceApi } from './api';
import type { PageBody } from './content';
import { labelsOf, parsePageBody } from './content-row';
import { idsQuery } from './cql';
import { optionalId, RowShapeError, toFields } from './row-fields';
import { isTooMuch } from './too-much';

/** Pages a request: Data Center sends no more rows than this with bodies. */
export const PAGES_PER_READ = 50;
const EXPAND = ['body.storage', 'version', 'space', 'metadata.labels'];
/** Listings may show empty pages; more of them than this, and they lead nowhere. */
const MAX_EMPTY_PAGES = 5;

/** Told about a page that could not be read even alone. */
export type OnUnreadable = (id: string, error: HttpError) => void;

type Outcome = { readonly id: string } & ({ readonly page: PageBody } | { readonly error: HttpError });

/**
 * Reads pages with their bodies in one request. One that is too much for the gateway is halved, down to single pages; a
 * page that fails even alone is an outcome by itself. Ids that Confluence does not find are in no outcome.
 *
 * A server that is down altogether is found out after a few requests, and its error thrown.
 *
 * @param ids at most {@link PAGES_PER_READ}
 */
export async function readPageBodies(
  api: ConfluenceApi,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let works = false;

  async function read(part: readonly string[]): Promise<void> {
    try {
      outcomes.push(...(await readAtOnce(api, part, signal)));
      works = true;
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      const [id, ...others] = part;
      if (id === undefined || others.length > 0) return readHalves(part);
      // One that fails alone may be broken; two while nothing works is the server.
      if (!works && outcomes.length > 0) throw error;
      outcomes.push({ id, error });
    }
  }

  async function readHalves(part: readonly string[]): Promise<void> {
    const middle = Math.ceil(part.length / 2);
    await read(part.slice(0, middle));
    await read(part.slice(middle));
  }

  await read(ids);
  return outcomes;
}

async function readAtOnce(
  api: ConfluenceApi,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly Outcome[]> {
  const request = { cql: idsQuery(ids), expand: EXPAND, limit: PAGES_PER_READ, signal };
  const missing = new Set(ids);
  const outcomes: Outcome[] = [];
  const alone: string[] = [];
  let cursor: string | undefined;
  for (let turn = 0; ; turn++) {
    const { rows, next, exchange } = await api.search({ ...request, cursor });
    const toError = (issue: string) => new ResponseShapeError([issue], exchange);
    for (const row of rows) {
      const id = optionalId(toFields(row));
      // Whose row it is shows when fewer are asked for.
      if (id === undefined) throw toError('id is no id');
      if (!missing.delete(id)) continue;
      // Labels are cut only where there are several rows.
      if (ids.length > 1 && labelsOf(row) === undefined) alone.push(id);
      else outcomes.push(parseOutcome(id, row, toError));
    }
    if (next === undefined || missing.size === 0) break;
    if (turn > ids.length + MAX_EMPTY_PAGES) throw toError('_links.next leads round in circles');
    cursor = next;
  }
  for (const id of alone) outcomes.push(...(await readAtOnce(api, [id], signal)));
  return outcomes;
}

function parseOutcome(id: string, row: unknown, toError: (issue: string) => HttpError): Outcome {
  try {
    return { id, page: parsePageBody(row) };
  } catch (error) {
    if (error instanceof RowShapeError) return { id, error: toError(error.message) };
    throw error;
  }
}
