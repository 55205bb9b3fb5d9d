import type { Readable } from 'node:stream';
import type { TenantConfig } from '../config/tenant';
import { RequestRefusedError, UnavailableError } from '../http/errors';
import { contentKey, partialKey } from '../rules/content-key';
import { LARGE_FILE_BYTES } from '../rules/estimate';
import type { SliceRow } from '../store/store';
import type { SliceResult } from './contract';
import type { TenantContext } from './context';
import { itemFailure, type ReadyItem, throwIfSystemic } from './ingest-batch';
import { attachmentIngestionConfig } from './manifest-rows';
import { ingestSlice, type SliceRun, type Source } from './slice';

/** Small files that are read ahead, in memory, at a time. */
const READ_AHEAD = 8;

/** Downloads, registers, uploads and finalizes the attachments of one slice; memory does not grow with their size. */
export function ingestAttachments(run: SliceRun): Promise<SliceResult> {
  return ingestSlice(run, readAttachments);
}

async function* readAttachments(
  { context, signal }: SliceRun,
  rows: readonly SliceRow[],
  scopeId: string,
): AsyncIterable<Source> {
  const ahead: Promise<Source>[] = [];
  for (const row of rows) {
    if (!isSmall(row)) {
      // Opened in its turn only: a source that waits long for its consumer is closed by the other side.
      yield await openLarge(context, row, scopeId, signal);
      continue;
    }
    const small = context.transfers(() => readSmall(context, row, scopeId, signal));
    small.catch(() => undefined); // looked at in its turn; the slice may end before
    ahead.push(small);
    const first = ahead.length >= READ_AHEAD ? ahead.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  yield* ahead;
}

/** A listing's size is a hint; one without is treated as large. */
const isSmall = (row: SliceRow): boolean => row.size !== undefined && row.size < LARGE_FILE_BYTES;

async function readSmall(context: TenantContext, row: SliceRow, scopeId: string, signal: AbortSignal): Promise<Source> {
  try {
    const { stream } = await open(context, row, signal);
    const body = await readAll(stream, context.config.ingestion.attachments.maxFileSizeBytes, row);
    return body.length === 0 ? emptyFile(row) : ready(row, body, body.length, context.config, scopeId);
  } catch (error) {
    return failed(row, error);
  }
}

async function openLarge(context: TenantContext, row: SliceRow, scopeId: string, signal: AbortSignal): Promise<Source> {
  try {
    const { stream, length } = await open(context, row, signal);
    const byteSize = length ?? row.size;
    const limit = context.config.ingestion.attachments.maxFileSizeBytes;
    if (byteSize === undefined || byteSize > limit) {
      stream.destroy();
      throw refused(
        row,
        byteSize === undefined
          ? 'its size is not known before reading it'
          : `it has ${byteSize} bytes, more than maxFileSizeMb allows`,
      );
    }
    if (byteSize === 0) {
      stream.destroy();
      return emptyFile(row);
    }
    return ready(row, stream, byteSize, context.config, scopeId);
  } catch (error) {
    return failed(row, error);
  }
}

const emptyFile = (row: SliceRow): Source => ({
  kind: 'skipped',
  row,
  empty: { fingerprint: row.fingerprint, version: row.version },
});

function open({ confluence }: TenantContext, row: SliceRow, signal: AbortSignal) {
  return confluence.openAttachment({
    pageId: row.pageId,
    attachmentId: row.attachmentId ?? '',
    signal,
    ...(row.downloadPath === undefined ? {} : { downloadPath: row.downloadPath }),
  });
}

async function readAll(stream: Readable, limit: number, row: SliceRow): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) {
      stream.destroy();
      throw refused(row, 'it is larger than its listing said and than maxFileSizeMb allows');
    }
    chunks.push(chunk);
  }
  if (row.size !== undefined && bytes < row.size) {
    // A body that ends early where no length was announced looks complete to HTTP.
    const exchange = { method: 'GET', path: `attachment ${row.itemKey}`, status: 200 };
    throw new UnavailableError(`it ended after ${bytes} of ${row.size} bytes`, exchange, true);
  }
  return Buffer.concat(chunks);
}

function failed(row: SliceRow, error: unknown): Source {
  throwIfSystemic(error, 'download');
  return { kind: 'failed', failure: itemFailure(row, 'download', error) };
}

function refused(row: SliceRow, why: string): RequestRefusedError {
  return new RequestRefusedError(`it is not ingested, because ${why}`, {
    method: 'GET',
    path: `attachment ${row.itemKey}`,
    status: 200,
  });
}

function ready(
  row: SliceRow,
  body: Buffer | Readable,
  byteSize: number,
  config: TenantConfig,
  scopeId: string,
): Source {
  const mimeType = row.mediaType ?? 'application/octet-stream';
  const ingestionConfig = attachmentIngestionConfig(mimeType, config);
  const partial = partialKey(
    { tenant: config.tenant, spaceId: row.spaceId, spaceKey: row.spaceKey },
    config.ingestion.useV1KeyFormat,
  );
  const item: ReadyItem = {
    row,
    body,
    fingerprint: row.fingerprint,
    version: row.version,
    content: {
      key: contentKey(partial, row.itemKey),
      title: row.title,
      mimeType,
      url: row.url,
      byteSize,
      metadata: { spaceKey: row.spaceKey, spaceName: row.spaceName },
      ...(ingestionConfig === undefined ? {} : { ingestionConfig }),
      scopeId,
    },
  };
  return { kind: 'ready', item };
}
