import { Readable } from 'node:stream';
import type { HttpClient, RequestBody, SendBefore } from '../http/client';
import type { HttpError } from '../http/errors';
import { ForbiddenScopeError, NotFoundError, RequestRefusedError, UnauthorizedError } from '../http/errors';
import { BodyLengthError, UploadRefusedError, WRITE_URL_SHOWN_AS } from './errors';
import { exactLength } from './exact-length';
import { checkedWriteUrl, toScopedUploadUrl } from './write-url';

/** Bytes on their way to a registered content. */
export interface UploadRequest {
  /** From the registration. */
  readonly writeUrl: string;
  readonly mimeType: string;
  /** Exact; announced as Content-Length. */
  readonly byteSize: number;
  /** A stream is read to its end or destroyed, whatever happens. */
  readonly body: Buffer | Readable;
  readonly sendBefore?: SendBefore | undefined;
  readonly signal?: AbortSignal | undefined;
}

const EXCHANGE = { method: 'PUT', path: WRITE_URL_SHOWN_AS };

/** Sends bytes to where a registration said. */
export class Uploads {
  /** @param scopedUploadsAt base URL of the ingestion service when it takes the uploads itself (inside its cluster) */
  constructor(
    private readonly http: HttpClient,
    private readonly scopedUploadsAt: string | undefined,
  ) {}

  /**
   * @throws {BodyLengthError} @throws {UploadRefusedError} @throws {WriteUrlError}
   * @throws {HttpError} the body's own, as it is, when the body breaks
   * @see https://learn.microsoft.com/rest/api/storageservices/put-blob (write URLs lead to Azure's storage)
   */
  async send({ writeUrl, mimeType, byteSize, body, sendBefore, signal }: UploadRequest): Promise<void> {
    try {
      await this.http.request({
        method: 'PUT',
        url: this.target(writeUrl),
        shownAs: WRITE_URL_SHOWN_AS,
        kind: 'upload',
        // Pre-signed URLs are their own credential; our token is none of their host's business.
        token: this.scopedUploadsAt !== undefined,
        headers: { 'x-ms-blob-type': 'BlockBlob' },
        body: toRequestBody(body, byteSize, mimeType),
        responseType: 'none',
        sendBefore,
        signal,
      });
    } catch (error) {
      throw toUploadError(error, this.scopedUploadsAt !== undefined);
    } finally {
      if (body instanceof Readable) body.destroy();
    }
  }

  private target(writeUrl: string): string {
    return this.scopedUploadsAt === undefined
      ? checkedWriteUrl(writeUrl)
      : toScopedUploadUrl(writeUrl, this.scopedUploadsAt);
  }
}

function toRequestBody(body: Buffer | Readable, byteSize: number, contentType: string): RequestBody {
  const mismatch = (actualBytes: number) => new BodyLengthError(byteSize, actualBytes, EXCHANGE);
  if (body instanceof Readable) {
    return { stream: exactLength(body, byteSize, mismatch), contentLength: byteSize, contentType };
  }
  if (body.length !== byteSize) throw mismatch(body.length);
  return { bytes: body, contentType };
}

/** A refusal by a pre-signed URL's host is about this one URL; by the ingestion service it is about the service user. */
function toUploadError(error: unknown, isScoped: boolean): unknown {
  const isLoginPage = error instanceof UnauthorizedError && (error.status ?? 0) < 300;
  const isRefused =
    error instanceof NotFoundError || error instanceof RequestRefusedError || error instanceof UnauthorizedError;
  if (!isRefused || isLoginPage) return error;
  if (!isScoped || error instanceof NotFoundError) return new UploadRefusedError({ ...EXCHANGE, ...statusOf(error) });
  if (error.status !== 403) return error;
  return new ForbiddenScopeError('the service user may not upload. Check `serviceExtraHeaders` in the tenant file.', {
    ...EXCHANGE,
    status: 403,
  });
}

function statusOf({ status }: HttpError): { readonly status?: number } {
  return status === undefined ? {} : { status };
}
