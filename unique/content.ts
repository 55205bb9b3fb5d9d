import type { HttpError } from '../http/errors';

/** Where a content comes from, in Unique's words. */
export type SourceKind = 'ATLASSIAN_CONFLUENCE_CLOUD' | 'ATLASSIAN_CONFLUENCE_ONPREM';

/** What is registered (without `fileUrl`) and, after its bytes are uploaded, finalized (with it). The key decides which content it is. */
export interface ContentUpsert {
  readonly key: string;
  readonly title: string;
  readonly mimeType: string;
  /** Where people open the source. */
  readonly url: string;
  readonly byteSize: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly ingestionConfig?: Readonly<Record<string, unknown>>;
  /** The scope that the content belongs to. */
  readonly scopeId: string;
  /** `readUrl` of the registration; its presence makes the call a finalization. */
  readonly fileUrl?: string;
}

/** What became of one content of a batch. Both URLs are pre-signed: secrets that expire; a finalization may answer them empty. */
export type UpsertResult =
  | { readonly ok: true; readonly id: string; readonly writeUrl: string; readonly readUrl: string }
  | { readonly ok: false; readonly error: HttpError };

/** A content as the platform holds it. */
export interface StoredContent {
  readonly id: string;
  readonly key: string;
  /** The scope that it belongs to. */
  readonly ownerId: string;
  /** Absent while nothing was registered with a size. */
  readonly byteSize?: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `FINISHED`, a state on the way there, or one that begins with `FAILED`; absent before the first finalization. */
  readonly ingestionState?: string;
}
