/** A Confluence space as its contents show it. */
export interface Space {
  /** Digits. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** An open set: global, personal, collaboration, knowledge_base, …; empty when it is not told. */
  readonly type: string;
}

/** One content of a listing: a page, a blog post, or something with pages below it (folder, database, …). */
export interface ContentRow {
  readonly id: string;
  /** An open set: apps bring their own. */
  readonly type: string;
  readonly title: string;
  readonly space: Space;
  /** Names without prefix. */
  readonly labels: readonly string[];
  /** Moves with each edit of title or body; not with labels, attachments or a move. */
  readonly version: number;
  /** When that version was made; ISO 8601, UTC. */
  readonly updatedAt: string;
  /** Path for people, relative to the site's context. */
  readonly webui?: string;
  /** The first 25 at most; empty when attachments are switched off. */
  readonly attachments: readonly AttachmentRow[];
  /** There are, or may be, more than `attachments` shows. */
  readonly hasMoreAttachments: boolean;
}

/** One attachment of a page. */
export interface AttachmentRow {
  /** Stable across its versions; on Cloud always with the prefix `att`. */
  readonly id: string;
  /** The file's name, as stored. */
  readonly title: string;
  /** As Confluence says it, parameters included. */
  readonly mediaType?: string;
  /** Bytes; a hint. */
  readonly fileSize?: number;
  /** 0 when it is not told. */
  readonly version: number;
  /** When that version was made; ISO 8601, UTC. */
  readonly updatedAt?: string;
  /** Where its bytes are, relative to the base URL; Data Center only, and changes with each version. */
  readonly downloadPath?: string;
}

/** A row that could not be read. */
export interface UnknownRow {
  /** Its id, where that much was readable. */
  readonly id?: string;
  /** The page that it belongs to, if it is an attachment: that page's list of attachments is not complete. */
  readonly pageId?: string;
  /** Where it differs from what is expected; no values. */
  readonly reason: string;
}

/** One page of a listing of contents. Not the whole, unless `next` is absent. */
export interface ContentListing {
  readonly rows: readonly ContentRow[];
  readonly unknown: readonly UnknownRow[];
  /** Gets the next page, also in another process; opaque. Absent: walked to the end. */
  readonly next?: string;
}

/** One page of a listing of a page's attachments. */
export interface AttachmentListing {
  readonly rows: readonly AttachmentRow[];
  readonly unknown: readonly UnknownRow[];
  /** As in {@link ContentListing}. */
  readonly next?: string;
}

/** A page with its text. */
export interface PageBody {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
  readonly labels: readonly string[];
  readonly space: Space;
  /** Storage format: an XML fragment with HTML entities. Empty when the page is, or when its type has no body. */
  readonly body: string;
}
