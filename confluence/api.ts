import type { Readable } from 'node:stream';
import type { Exchange } from '../http/errors';
import type { AttachmentListing } from './content';

/** One page of a search as it came. */
export interface SearchPage {
  readonly rows: readonly unknown[];
  readonly next?: string;
  /** For errors about what is in it. */
  readonly exchange: Exchange;
}

/** A search; `expand` names what rows bring along. */
export interface SearchRequest {
  readonly cql: string;
  readonly expand: readonly string[];
  /** Rows a page; servers may send fewer. */
  readonly limit: number;
  /** Where an earlier page said to go on. */
  readonly cursor?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks for one page of a page's attachments. */
export interface AttachmentsRequest {
  readonly pageId: string;
  /** Type of the page: Cloud has a path for each. */
  readonly pageType: string;
  readonly cursor?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks for an attachment's bytes. */
export interface AttachmentRequest {
  readonly pageId: string;
  readonly attachmentId: string;
  /** As listed; needed on Data Center, not used on Cloud. */
  readonly downloadPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The bytes of an attachment: to be read to the end or destroyed. */
export interface OpenAttachment {
  readonly stream: Readable;
  /** Bytes, when the server says so. */
  readonly length?: number;
}

/** What differs between Cloud and Data Center. */
export interface ConfluenceApi {
  /** Rows a page of a listing. */
  readonly listingLimit: number;
  /** A cursor goes on with the rows a page that it was made for: asking for fewer may skip some (reported for Cloud). */
  readonly cursorFixesLimit: boolean;
  search(request: SearchRequest): Promise<SearchPage>;
  listAttachments(request: AttachmentsRequest): Promise<AttachmentListing>;
  /**
   * A content of any status by its id, past the search index; absent where the scopes of a sync do not cover it (Cloud).
   *
   * @throws {NotFoundError} `certain` when the answer names the id as missing
   */
  readById?(id: string, expand: readonly string[], signal?: AbortSignal): Promise<unknown>;
  openAttachment(request: AttachmentRequest): Promise<OpenAttachment>;
  instanceId(signal?: AbortSignal): Promise<string>;
}
