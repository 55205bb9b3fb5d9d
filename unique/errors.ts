import { type Exchange, HttpError, RequestRefusedError } from '../http/errors';

/** How a pre-signed URL is named in errors: it is a secret, its path included. */
export const WRITE_URL_SHOWN_AS = '(write URL)';

/** Thrown when Unique understood a call and refuses it; sent again as it is, it is refused again. */
export class UniqueRejectedError extends RequestRefusedError {
  override readonly name: string = 'UniqueRejectedError';
  /** The platform's own code of the reason, e.g. `BAD_USER_INPUT`, where it gives one. */
  readonly code?: string;

  /** @param reason what the platform says, passed through `safeMessage` */
  constructor(reason: string, exchange: Exchange, code?: string) {
    super(`Unique refuses the call (it says: ${reason}).`, exchange);
    if (code !== undefined) this.code = code;
  }
}

/** Thrown when the storage behind a write URL does not take the bytes: most often the URL has expired. */
export class UploadRefusedError extends RequestRefusedError {
  override readonly name = 'UploadRefusedError';

  constructor(exchange: Exchange) {
    const what = 'the storage does not take the upload. Write URLs expire: register the content again for a new one.';
    super(`${what} If that does not help, look at what stands between this host and the storage.`, exchange);
  }
}

/** Thrown when a registration gave a write URL that cannot be used; nothing was sent. */
export class WriteUrlError extends HttpError {
  override readonly name = 'WriteUrlError';

  /** @param flaw what is wrong with the URL, without quoting it */
  constructor(flaw: string) {
    const advice = 'Check `serviceAuthMode` and `ingestionServiceBaseUrl` in the tenant file.';
    super(`nothing was sent, because the write URL that Unique gave ${flaw}. ${advice}`, shownWriteUrl);
  }
}

/** Thrown when a body turns out shorter or longer than was announced; the receiver never got a complete one. */
export class BodyLengthError extends HttpError {
  override readonly name = 'BodyLengthError';
  readonly announcedBytes: number;
  /** How many bytes there were when it was noticed; at least that many if there are too many. */
  readonly actualBytes: number;

  constructor(announcedBytes: number, actualBytes: number, exchange: Exchange) {
    const what = `the body has ${actualBytes > announcedBytes ? 'at least ' : ''}${actualBytes} bytes instead of ${announcedBytes}`;
    super(`${what}. Its source changed or broke off meanwhile; nothing was stored, it is tried again.`, exchange);
    this.announcedBytes = announcedBytes;
    this.actualBytes = actualBytes;
  }
}

const shownWriteUrl: Exchange = { method: 'PUT', path: WRITE_URL_SHOWN_AS };
