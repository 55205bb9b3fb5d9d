/** A space of Confluence. */
export interface Space {
  /** A number in v1, the same as text in v2. */
  readonly id: number;
  readonly key: string;
  readonly name: string;
  /** `global`, `personal`, on Cloud also `collaboration`, `knowledge_base`, … */
  readonly type: string;
  readonly status: 'current' | 'archived';
  /** The syncing account has no permission to view it. */
  readonly hidden: boolean;
}

/** Where a content is in its life; only `current` ones are found by a search. */
export type ContentStatus = 'current' | 'archived' | 'trashed';

/** The state that an edit left behind. */
export interface Version {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly when: number;
}

/** What Confluence indexes and can find by CQL: a page or anything like it, or an attachment. */
export interface SearchDocument {
  readonly id: string;
  /** Rises in the order of creation. */
  readonly ordinal: number;
  /** `page`, `blogpost`, `folder`, `whiteboard`, `database`, `embed`, an app's own type, or `attachment`. */
  readonly type: string;
  readonly spaceKey: string;
  /** The content above it; of an attachment the page that it belongs to. */
  readonly parentId: string | undefined;
  readonly title: string;
  readonly labels: readonly string[];
  readonly status: ContentStatus;
  readonly version: Version;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A page, blog post, folder or the like, as it is now; every change makes a new object. */
export interface Content extends SearchDocument {
  /** Storage format; a function is called whenever the body is read. */
  readonly body: string | (() => string);
  /** The syncing account may not see it, nor anything below it. */
  readonly restricted: boolean;
}

/** The bytes of an attachment: given, or made from size and seed whenever they are read. */
export type AttachmentSource = Buffer | { readonly size: number; readonly seed: number };

/** A file on a page, as it is now; every change makes a new object. */
export interface Attachment extends SearchDocument {
  /** `att` and digits. */
  readonly id: string;
  readonly type: 'attachment';
  /** The page or blog post that it belongs to. */
  readonly parentId: string;
  readonly mediaType: string;
  readonly comment: string;
  /** Names the file on Cloud's media host. */
  readonly fileId: string;
  readonly bytes: AttachmentSource;
  /** What earlier versions held; the first is version 1. */
  readonly earlier: readonly AttachmentSource[];
}

/** Tells an attachment from everything else that can be found. */
export function isAttachment(document: SearchDocument): document is Attachment {
  return document.type === 'attachment';
}
