import type { AttachmentRow, UnknownRow } from './content';
import {
  fieldsAt,
  optionalCount,
  optionalId,
  optionalText,
  RowShapeError,
  textAt,
  toFields,
  toUtc,
} from './row-fields';

/** The two products, as the tenant file calls them. */
export type InstanceType = 'cloud' | 'data-center';

const INLINE_LIMIT = 25;
/** What Confluence says when it does not know better; one of the two places may. */
const UNSPECIFIC_TYPE = 'application/octet-stream';

/** Attachments that could be read, and those that could not. */
export interface ParsedAttachments {
  readonly rows: readonly AttachmentRow[];
  readonly unknown: readonly UnknownRow[];
}

/** Reads attachments of a page, in the form of v1 or v2; each by itself, so that one never spoils the others. */
export function parseAttachments(
  results: readonly unknown[],
  pageId: string,
  product: InstanceType,
): ParsedAttachments {
  const rows: AttachmentRow[] = [];
  const unknown: UnknownRow[] = [];
  for (const result of results) {
    try {
      rows.push(parseAttachment(result, product));
    } catch (error) {
      if (!(error instanceof RowShapeError)) throw error;
      const id = optionalId(toFields(result));
      unknown.push({ ...(id !== undefined && { id }), pageId, reason: `attachment: ${error.message}` });
    }
  }
  return { rows, unknown };
}

/**
 * Whether an inline list of attachments may be incomplete. Both products cut it at 25, and `next` is the only sign, but
 * not on all versions: a full list is asked for again.
 */
export function mayHaveMore(inline: unknown, listed: number): boolean {
  const { size, limit, _links } = toFields(inline);
  const next = toFields(_links)['next'];
  if (next !== undefined && next !== null) return true;
  const count = Math.max(listed, typeof size === 'number' ? size : 0);
  return count >= INLINE_LIMIT || (typeof limit === 'number' && count >= limit);
}

function parseAttachment(value: unknown, product: InstanceType): AttachmentRow {
  const fields = toFields(value);
  const id = optionalId(fields);
  if (id === undefined) throw new RowShapeError('id is no id');
  const extensions = fieldsAt(fields, 'extensions');
  const version = fieldsAt(fields, 'version');
  const mediaType = bestType([
    optionalText(fields, 'mediaType'),
    optionalText(fieldsAt(fields, 'metadata'), 'mediaType'),
    optionalText(extensions, 'mediaType'),
  ]);
  const fileSize = optionalCount(fields, 'fileSize') ?? optionalCount(extensions, 'fileSize');
  // v1 calls it `when`, v2 `createdAt`.
  const updatedAt = toUtc(version['when']) ?? toUtc(version['createdAt']);
  const downloadPath = product === 'data-center' ? optionalText(fieldsAt(fields, '_links'), 'download') : undefined;
  return {
    id: product === 'cloud' && /^\d+$/.test(id) ? `att${id}` : id,
    title: textAt(fields, 'title'),
    ...(mediaType !== undefined && { mediaType }),
    ...(fileSize !== undefined && { fileSize }),
    version: optionalCount(version, 'number') ?? 0,
    ...(updatedAt !== undefined && { updatedAt }),
    ...(downloadPath !== undefined && { downloadPath }),
  };
}

function bestType(types: readonly (string | undefined)[]): string | undefined {
  const known = types.filter((type) => type !== undefined && type !== '');
  return known.find((type) => type !== UNSPECIFIC_TYPE) ?? known[0];
}
