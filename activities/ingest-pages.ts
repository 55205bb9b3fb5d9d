import { metadataLabels } from '../rules/content-metadata';
import { contentKey, partialKey } from '../rules/content-key';
import type { TenantConfig } from '../config/tenant';
import type { PageBody } from '../confluence/client';
import type { SliceRow } from '../store/store';
import type { SliceResult } from './contract';
import type { TenantContext } from './context';
import { itemFailure, type ReadyItem, throwIfSystemic } from './ingest-batch';
import { pageFingerprint, urlOfPage } from './manifest-rows';
import { ingestSlice, type SliceRun, type Source } from './slice';

/** `id IN (…)` with bodies: Data Center caps the answer at 50, Cloud's gateway gives up on much more. */
const BODIES_A_REQUEST = 50;

/** Downloads, registers, uploads and finalizes the pages of one slice; bodies are read in bulk. */
export function ingestPages(run: SliceRun): Promise<SliceResult> {
  return ingestSlice(run, readPages);
}

/** One request ahead: the next bodies are on their way while the last ones are being ingested. */
async function* readPages(
  { context, signal }: SliceRun,
  rows: readonly SliceRow[],
  scopeId: string,
): AsyncIterable<Source> {
  let ahead = readBodies(context, rows.slice(0, BODIES_A_REQUEST), signal);
  for (let from = 0; from < rows.length; from += BODIES_A_REQUEST) {
    const part = rows.slice(from, from + BODIES_A_REQUEST);
    const current = ahead;
    const next = rows.slice(from + BODIES_A_REQUEST, from + 2 * BODIES_A_REQUEST);
    const bodies = await current;
    if (next.length > 0) ahead = readBodies(context, next, signal);
    ahead.catch(() => undefined); // looked at in its turn; the slice may end before
    for (const row of part) yield toSource(row, bodies, context.config, scopeId);
  }
}

/** What became of each page that was asked for. */
type Bodies = ReadonlyMap<string, PageBody | { readonly error: unknown }>;

async function readBodies(
  { confluence }: TenantContext,
  rows: readonly SliceRow[],
  signal: AbortSignal,
): Promise<Bodies> {
  const ids = rows.map(({ pageId }) => pageId);
  const bodies = new Map<string, PageBody | { readonly error: unknown }>();
  try {
    const pages = await confluence.readPages(ids, signal, (id, error) => bodies.set(id, { error }));
    for (const page of pages) bodies.set(page.id, page);
  } catch (error) {
    throwIfSystemic(error, 'download');
    for (const id of ids) bodies.set(id, { error });
  }
  return bodies;
}

function toSource(row: SliceRow, bodies: Bodies, config: TenantConfig, scopeId: string): Source {
  const page = bodies.get(row.pageId);
  if (page !== undefined && 'error' in page)
    return { kind: 'failed', failure: itemFailure(row, 'download', page.error) };
  // Gone, hidden or moved between the listing and now: the next run's listing tells which.
  if (page === undefined || page.space.key !== row.spaceKey) return { kind: 'skipped', row };
  const fingerprint = pageFingerprint(page, config);
  if (page.body === '') return { kind: 'skipped', row, fingerprint };
  return { kind: 'ready', item: readyPage(row, page, fingerprint, config, scopeId) };
}

function readyPage(
  row: SliceRow,
  page: PageBody,
  fingerprint: string,
  config: TenantConfig,
  scopeId: string,
): ReadyItem {
  const { ingestSingleLabel, ingestAllLabel } = config.confluence;
  const { pageIngestionConfig, useV1KeyFormat } = config.ingestion;
  const body = Buffer.from(page.body, 'utf8');
  const partial = partialKey({ tenant: config.tenant, spaceId: row.spaceId, spaceKey: row.spaceKey }, useV1KeyFormat);
  return {
    row,
    body,
    fingerprint,
    version: page.version,
    content: {
      key: contentKey(partial, row.itemKey),
      title: page.title,
      mimeType: 'text/html',
      url: urlOfPage(page, config),
      byteSize: body.length,
      metadata: {
        confluenceLabels: metadataLabels(page.labels, { single: ingestSingleLabel, all: ingestAllLabel }),
        spaceKey: page.space.key,
        spaceName: page.space.name,
      },
      ...(pageIngestionConfig === undefined ? {} : { ingestionConfig: pageIngestionConfig }),
      scopeId,
    },
  };
}
