import { Readable } from 'node:stream';
import { z } from 'zod';
import type { HttpClient } from '../http/client';
import { ResponseShapeError } from '../http/errors';
import type { SourceKind } from './content';
import { BodyLengthError } from './errors';
import { exactLength } from './exact-length';

const PATH = '/v2/content/file-diff';
/** The platform compares a whole space before it answers. */
const HEADERS_MS = 5 * 60_000;
const CHUNK_CHARS = 64 * 1024;
const MAX_ISSUES = 10;

/** One item as Confluence has it. */
export interface DiffFile {
  /** Relative to the partial key. */
  readonly key: string;
  readonly url: string;
  /** ISO 8601; compared with the time of the content's last upsert. */
  readonly updatedAt: string;
}

/** Every item of one space. */
export interface FileDiffRequest {
  /** Common beginning of the contents' keys, without the slash after it. */
  readonly partialKey: string;
  readonly sourceKind: SourceKind;
  readonly sourceName: string;
  /** Called twice, once to measure and once to send; must give the same files both times. */
  readonly files: () => Iterable<DiffFile> | AsyncIterable<DiffFile>;
  readonly signal?: AbortSignal | undefined;
}

/** What the platform makes of the comparison; item keys, relative as they were sent. */
export interface FileDiff {
  readonly newFiles: readonly string[];
  readonly updatedFiles: readonly string[];
  /** Stays empty for Confluence. */
  readonly movedFiles: readonly string[];
  /** Stored under the partial key and not among the files. */
  readonly deletedFiles: readonly string[];
}

const keys = z.array(z.string());
const fileDiff = z.object({
  newFiles: keys,
  updatedFiles: keys,
  movedFiles: keys.nullish().transform((moved) => moved ?? []),
  deletedFiles: keys,
});

/**
 * Compares a space with what the platform stores, in one request however large: what a request leaves out comes back as
 * deleted, so it must never be split. The body is written while it is sent; memory grows with the answer alone.
 *
 * @throws {BodyLengthError} when `files` changed between measuring and sending; nothing was compared
 */
export async function requestFileDiff(http: HttpClient, request: FileDiffRequest): Promise<FileDiff> {
  const { signal } = request;
  const byteSize = await measure(request);
  const mismatch = (actualBytes: number) => new BodyLengthError(byteSize, actualBytes, { method: 'POST', path: PATH });
  const listing: Listing = {};
  const send = http.request({
    method: 'POST',
    path: PATH,
    shownAs: PATH,
    kind: 'unique',
    body: {
      // A function: a body that can be written anew survives the renewal of the token.
      stream: () =>
        exactLength(Readable.from(watched(chunksOf(request), listing), { objectMode: false }), byteSize, mismatch),
      // Gateways refuse bodies of unknown length.
      contentLength: byteSize,
      contentType: 'application/json',
    },
    responseType: 'json',
    signal,
    timeouts: { headersMs: HEADERS_MS },
  });
  const { body, status } = await send.catch((error: unknown) => {
    throw listing.broken === undefined ? error : listing.broken.cause;
  });
  const parsed = fileDiff.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MAX_ISSUES).map(({ path, code }) => `${path.join('.')}: ${code}`);
  throw new ResponseShapeError(issues, { method: 'POST', path: PATH, status });
}

/** How listing the files failed: the request knows only that its body broke off. */
interface Listing {
  broken?: { readonly cause: unknown };
}

async function* watched(chunks: AsyncGenerator<Buffer>, listing: Listing): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (cause) {
    listing.broken = { cause };
    throw cause;
  }
}

async function measure(request: FileDiffRequest): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunksOf(request)) {
    request.signal?.throwIfAborted();
    bytes += chunk.length;
  }
  return bytes;
}

async function* chunksOf({ partialKey, sourceKind, sourceName, files }: FileDiffRequest): AsyncGenerator<Buffer> {
  // The list is the last property: its end closes the body.
  const head = JSON.stringify({ partialKey, sourceKind, sourceName, fileList: [] });
  let text = head.slice(0, -'}]'.length);
  let separator = '';
  for await (const { key, url, updatedAt } of files()) {
    text += separator + JSON.stringify({ key, url, updatedAt });
    separator = ',';
    if (text.length >= CHUNK_CHARS) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(`${text}]}`);
}
