import { metadataLabels } from '../rules/content-metadata';
import { contentKey, partialKey } from '../rules/content-key';
import type { TenantConfig } from '../config/tenant';
import type { PageBody } from '../confluence/client';
import type { SliceRow } from '../store/store';
import type { SliceResult } from './contract';
import type { TenantContext } from './context';
import { itemFailure, type ReadyItem, throwIfSystemic } from './ingest-batch';
import { type BodyWithImages, createSliceInliner, type SliceInliner } from './inline-images/inline-slice';
import { pageFingerprint, urlOfPage } from './manifest-rows';
import { ingestSlice, type SliceRun, type Source } from './slice';

/** `id IN (…)` with bodies: Data Center caps the answer at 50, Cloud's gateway gives up on much more. */
const BODIES_A_REQUEST = 50;

/** Downloads, registers, uploads and finalizes the pages of one slice; bodies are read in bulk. */
export async function ingestPages(run: SliceRun): Promise<SliceResult> {
  const { config } = run.context;
  let inliner: SliceInliner | undefined;
  try {
    return await ingestSlice(run, (claimed, rows, scopeId) => {
      if (config.ingestion.imageInlining) inliner = createSliceInliner(claimed);
      return readPages(claimed, rows, scopeId, inliner);
    });
  } finally {
    inliner?.close();
  }
}

/** One request ahead: the next bodies are on their way while the last ones are being ingested. */
async function* readPages(
  { context, input, signal, now }: SliceRun,
  rows: readonly SliceRow[],
  scopeId: string,
  inliner: SliceInliner | undefined,
): AsyncIterable<Source> {
  let ahead = readBodies(context, rows.slice(0, BODIES_A_REQUEST), signal);
  for (let from = 0; from < rows.length; from += BODIES_A_REQUEST) {
    const part = rows.slice(from, from + BODIES_A_REQUEST);
    const current = ahead;
    const next = rows.slice(from + BODIES_A_REQUEST, from + 2 * BODIES_A_REQUEST);
    const bodies = await current;
    if (next.length > 0) ahead = readBodies(context, next, signal);
    ahead.catch(() => undefined); // looked at in its turn; the slice may end before
    await inliner?.prepare([...bodies.values()].filter(isRead));
    for (const row of part) {
      const page = bodies.get(row.pageId);
      if (page === undefined || !isRead(page)) yield withoutBody(row, page);
      // Moved between the listing and now: the next run's listing tells.
      else if (page.space.key !== row.spaceKey) yield { kind: 'skipped', row };
      else if (inliner === undefined)
        yield toSource(row, page, plainBody(page, context.config), context.config, scopeId);
      else yield* withImages(row, page, inliner);
    }
  }

  async function* withImages(row: SliceRow, page: PageBody, images: SliceInliner): AsyncIterable<Source> {
    // Its list of attachments could not be had. A page with the same text would only lose images by another ingestion.
    if (row.hasMoreAttachments && row.standing?.version === page.version) {
      yield { kind: 'skipped', row };
      return;
    }
    const memory = images.memoryFor(page);
    if (memory > 0 && !context.imageMemory.tryTake(memory)) {
      yield { kind: 'make-room' };
      await context.imageMemory.take(memory, signal);
    }
    const sent = await images.inline(row, page, pageFingerprint(page, context.config), memory);
    if (row.standing?.fingerprint !== sent.fingerprint) {
      yield toSource(row, page, sent, context.config, scopeId);
      return;
    }
    // Tried again for an image that failed before, and failed again: nothing else stands in Unique already.
    sent.release();
    await context.store.runs.recordFailures(input, sent.failures, now());
    yield { kind: 'skipped', row };
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

const isRead = (page: PageBody | { readonly error: unknown }): page is PageBody => !('error' in page);

function withoutBody(row: SliceRow, page: { readonly error: unknown } | undefined): Source {
  // Gone or hidden between the listing and now: the next run's listing tells which.
  if (page === undefined) return { kind: 'skipped', row };
  return { kind: 'failed', failure: itemFailure(row, 'download', page.error) };
}

/** A page's text as it is sent. */
type SentBody = Pick<BodyWithImages, 'body' | 'fingerprint'> & Partial<BodyWithImages>;

function plainBody(page: PageBody, config: TenantConfig): SentBody {
  return { body: Buffer.from(page.body, 'utf8'), fingerprint: pageFingerprint(page, config) };
}

/** A page without text, and without images that would be its text, has nothing to ingest. */
function toSource(row: SliceRow, page: PageBody, sent: SentBody, config: TenantConfig, scopeId: string): Source {
  if (sent.body.length === 0) {
    return { kind: 'skipped', row, empty: { fingerprint: sent.fingerprint, version: page.version } };
  }
  return { kind: 'ready', item: readyPage(row, page, sent, config, scopeId) };
}

function readyPage(
  row: SliceRow,
  page: PageBody,
  { body, fingerprint, failures, release }: SentBody,
  config: TenantConfig,
  scopeId: string,
): ReadyItem {
  const { ingestSingleLabel, ingestAllLabel } = config.confluence;
  const { pageIngestionConfig, useV1KeyFormat } = config.ingestion;
  const partial = partialKey({ tenant: config.tenant, spaceId: row.spaceId, spaceKey: row.spaceKey }, useV1KeyFormat);
  return {
    row,
    body,
    fingerprint,
    version: page.version,
    ...(failures === undefined ? {} : { flaws: failures }),
    ...(release === undefined ? {} : { release }),
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
