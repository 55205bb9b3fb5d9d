import { type InstanceType, mayHaveMore, parseAttachments } from './attachment-row';
import type { ContentRow, PageBody, Space, UnknownRow } from './content';
import {
  type Fields,
  fieldsAt,
  idAt,
  optionalCount,
  optionalId,
  optionalText,
  RowShapeError,
  textAt,
  toFields,
  toUtc,
} from './row-fields';

/** How rows of this listing are to be read. */
export interface RowOptions {
  readonly product: InstanceType;
  /** Whether attachments were asked for. */
  readonly attachments: boolean;
  /** Labels, by content id, that were read apart because the row does not tell them. */
  readonly labels?: ReadonlyMap<string, readonly string[]>;
}

/** Rows that could be read, and those that could not. */
export interface ParsedContents {
  readonly rows: readonly ContentRow[];
  readonly unknown: readonly UnknownRow[];
}

/** Types that can have attachments; for others their absence is no surprise. */
const WITH_ATTACHMENTS: ReadonlySet<string> = new Set(['page', 'blogpost']);

/** Reads the rows of one page of a search; each by itself, so that one never spoils the others. */
export function parseContents(results: readonly unknown[], options: RowOptions): ParsedContents {
  const rows: ContentRow[] = [];
  const unknown: UnknownRow[] = [];
  for (const result of results) {
    try {
      const parsed = parseContent(result, options);
      rows.push(...parsed.rows);
      unknown.push(...parsed.unknown);
    } catch (error) {
      if (!(error instanceof RowShapeError)) throw error;
      const id = optionalId(toFields(result));
      unknown.push({ ...(id !== undefined && { id }), reason: error.message });
    }
  }
  return { rows, unknown };
}

/**
 * Reads a page with its text.
 *
 * @throws {RowShapeError} also for a page or blog post without a body: taken for empty, it would empty its content
 */
export function parsePageBody(value: unknown): PageBody {
  const fields = toFields(value);
  const { id, title, space, version, updatedAt } = parseHead(fields);
  const body = fieldsAt(fieldsAt(fields, 'body'), 'storage')['value'];
  if (typeof body !== 'string' && WITH_ATTACHMENTS.has(textAt(fields, 'type'))) {
    throw new RowShapeError('body.storage.value is no text');
  }
  const labels = shownLabels(fields);
  if (labels === undefined) throw new RowShapeError('metadata.labels is missing');
  return { id, title, space, version, updatedAt, labels, body: typeof body === 'string' ? body : '' };
}

/**
 * The labels of a row, or `undefined` when it does not tell them, or perhaps not all: a search cuts them at about 200
 * without saying so, if it has several rows.
 *
 * @see https://jira.atlassian.com/browse/CONFCLOUD-71415
 */
export function labelsOf(row: unknown): readonly string[] | undefined {
  const { results, _links } = labelList(row);
  if (!Array.isArray(results) || results.length >= CUT_LABELS) return undefined;
  const next = toFields(_links)['next'];
  return next === undefined || next === null ? namesOf(results) : undefined;
}

const CUT_LABELS = 190;

/** All labels that a row shows, complete or not; `undefined` when it shows none at all. */
export function shownLabels(row: unknown): readonly string[] | undefined {
  const { results } = labelList(row);
  return Array.isArray(results) ? namesOf(results) : undefined;
}

const labelList = (row: unknown): Fields => fieldsAt(fieldsAt(toFields(row), 'metadata'), 'labels');

function namesOf(labels: readonly unknown[]): readonly string[] {
  return labels.flatMap((label) => optionalText(toFields(label), 'name') ?? []);
}

function parseContent(value: unknown, options: RowOptions): ParsedContents {
  const fields = toFields(value);
  // What is not ingested needs no version: a tree must not be lost because its folder has none.
  const needsVersion = WITH_ATTACHMENTS.has(optionalText(fields, 'type') ?? 'page');
  const head = needsVersion ? parseHead(fields) : { ...parseName(fields), ...NO_VERSION };
  const type = textAt(fields, 'type');
  const labels = options.labels?.get(head.id) ?? labelsOf(fields);
  if (labels === undefined) throw new RowShapeError('metadata.labels is missing or cut');
  const webui = optionalText(fieldsAt(fields, '_links'), 'webui');
  const inline = inlineAttachments(fields, head.id, type, options);
  const row = { ...head, type, labels, ...(webui !== undefined && { webui }) };
  return { rows: [{ ...row, attachments: inline.rows, hasMoreAttachments: inline.hasMore }], unknown: inline.unknown };
}

function inlineAttachments(fields: Fields, pageId: string, type: string, { attachments, product }: RowOptions) {
  if (!attachments) return { rows: [], unknown: [], hasMore: false };
  const inline = fieldsAt(fields, 'children')['attachment'];
  const { results } = toFields(inline);
  // The field is there even when it is empty: without it nothing is known.
  if (!Array.isArray(results)) return { rows: [], unknown: [], hasMore: WITH_ATTACHMENTS.has(type) };
  return { ...parseAttachments(results, pageId, product), hasMore: mayHaveMore(inline, results.length) };
}

const NO_VERSION = { version: 0, updatedAt: new Date(0).toISOString() };

function parseName(fields: Fields): Pick<PageBody, 'id' | 'title' | 'space'> {
  const id = idAt(fields, 'id');
  // It will stand in queries.
  if (!/^\d+$/.test(id)) throw new RowShapeError('id is no id of a content');
  return { id, title: textAt(fields, 'title'), space: parseSpace(fieldsAt(fields, 'space')) };
}

function parseHead(fields: Fields): Omit<PageBody, 'labels' | 'body'> {
  const name = parseName(fields);
  const version = fieldsAt(fields, 'version');
  const number = optionalCount(version, 'number');
  if (number === undefined) throw new RowShapeError('version.number is no number');
  const updatedAt = toUtc(version['when']);
  if (updatedAt === undefined) throw new RowShapeError('version.when is no time');
  return { ...name, version: number, updatedAt };
}

function parseSpace(space: Fields): Space {
  return {
    id: idAt(space, 'space.id'),
    key: textAt(space, 'key', 'space.key'),
    name: textAt(space, 'name', 'space.name'),
    type: optionalText(space, 'type') ?? '',
  };
}
