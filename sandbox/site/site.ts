import type { Attachment, AttachmentSource, Content, ContentStatus, Space, Version } from './content';
import { SiteRecords } from './site-records';

/** A space to add; its id is given out when absent. */
export interface NewSpace {
  readonly key: string;
  readonly name?: string;
  /** @default 'global' */
  readonly type?: string;
  readonly id?: number;
}

/** A page, or a content of another type, to add. */
export interface NewContent {
  readonly spaceKey: string;
  readonly title: string;
  /** Storage format. @default '' */
  readonly body?: string | (() => string);
  readonly parentId?: string;
  readonly labels?: readonly string[];
  /** @default 'page' */
  readonly type?: string;
  /** Digits. @default the next free one */
  readonly id?: string;
  /** Milliseconds since the epoch. @default the site's clock */
  readonly when?: number;
}

/** A file to add to a page. */
export interface NewAttachment {
  readonly title: string;
  readonly mediaType: string;
  readonly bytes: AttachmentSource;
  readonly comment?: string;
  /** Milliseconds since the epoch. @default the site's clock */
  readonly when?: number;
}

/** What happens to what lies below a page that is trashed or archived: it moves up to the page's parent unless it goes with it. */
export interface RemovalOptions {
  readonly withDescendants?: boolean;
}

/** A place for a page; `parentId: null` is the top of its space. */
export interface Destination {
  readonly parentId?: string | null;
  readonly spaceKey?: string;
}

/**
 * An emulated Confluence's contents, with the operations that people do in its web pages.
 *
 * Edits raise a page's version; labels, attachments and moves do not, as on the real products. Reads see a change at
 * once, searches after the index lag. Records are never changed: each operation puts a new one in their place.
 */
export class Site extends SiteRecords {
  private lastId = 98_304;
  private lastOrdinal = 0;

  /** Adds a space; the key must be new. */
  addSpace({ key, name = key, type = 'global', id = this.nextId() }: NewSpace): Space {
    const space: Space = { id, key, name, type, status: 'current', hidden: false };
    this.spaceByKey.set(key.toLowerCase(), space);
    return space;
  }

  /** Archives a space or brings it back; searches leave archived spaces out. */
  setSpaceStatus(key: string, status: Space['status']): void {
    this.changeSpace(key, { status });
  }

  /** Gives a space another name; its key, its pages and their versions stay. */
  renameSpace(key: string, name: string): void {
    this.changeSpace(key, { name });
  }

  /** Takes the syncing account's permission for a space away, or gives it back. */
  setSpaceHidden(key: string, hidden: boolean): void {
    this.changeSpace(key, { hidden });
  }

  /** Deletes a space with all that is in it. */
  removeSpace(key: string): void {
    const { key: exact } = this.space(key);
    for (const content of [...this.contentById.values()]) if (content.spaceKey === exact) this.drop(content);
    this.spaceByKey.delete(exact.toLowerCase());
  }

  /** Adds a page, blog post, folder or whatever `type` says. */
  addPage(page: NewContent): Content {
    const { key: spaceKey } = this.space(page.spaceKey);
    if (page.parentId !== undefined) this.content(page.parentId);
    const when = page.when ?? this.clock.now();
    this.lastOrdinal += 1;
    const content: Content = {
      id: page.id ?? String(this.nextId()),
      ordinal: this.lastOrdinal,
      type: page.type ?? 'page',
      spaceKey,
      parentId: page.parentId,
      title: page.title,
      labels: lowerCase(page.labels ?? []),
      status: 'current',
      version: { number: 1, when },
      createdAt: when,
      body: page.body ?? '',
      restricted: false,
    };
    return this.put(content);
  }

  /** Edits title or body; makes a new version. */
  editPage(id: string, change: { readonly title?: string; readonly body?: string }): Content {
    const page = this.content(id);
    return this.put({ ...page, ...change, version: this.nextVersion(page.version) });
  }

  /** Renames a page; makes a new version, like any edit. */
  renamePage(id: string, title: string): Content {
    return this.editPage(id, { title });
  }

  /** Gives a content exactly these labels; its version stays. */
  setLabels(id: string, labels: readonly string[]): Content {
    return this.put({ ...this.content(id), labels: lowerCase(labels) });
  }

  /** Moves a page with all that is below it, within its space or to another one; versions stay. */
  movePage(id: string, { parentId, spaceKey }: Destination): Content {
    const page = this.content(id);
    const parent = parentId === undefined || parentId === null ? undefined : this.content(parentId);
    const destination = this.space(parent?.spaceKey ?? spaceKey ?? page.spaceKey).key;
    const stays = parentId === undefined && destination === page.spaceKey;
    if (destination !== page.spaceKey) {
      for (const below of this.descendants(id)) this.put({ ...below, spaceKey: destination });
    }
    return this.put({ ...page, spaceKey: destination, parentId: stays ? page.parentId : parent?.id });
  }

  /** Puts a content into the trash; searches find it until the lag has passed. */
  trash(id: string, options: RemovalOptions = {}): void {
    this.leave(id, 'trashed', options);
  }

  /** Archives a content: no longer searchable, still readable by id. */
  archive(id: string, options: RemovalOptions = {}): void {
    this.leave(id, 'archived', options);
  }

  /** Brings a content back from the trash or the archive; its parent is forgotten when that is not current. */
  restore(id: string): Content {
    const page = this.content(id);
    const parent = page.parentId === undefined ? undefined : this.contentById.get(page.parentId);
    return this.put({ ...page, status: 'current', parentId: parent?.status === 'current' ? parent.id : undefined });
  }

  /** Deletes a content for good, with its attachments; what lies below moves up. */
  purge(id: string): void {
    const page = this.content(id);
    this.liftChildren(page);
    this.drop(page);
  }

  /** Hides a content, and all below it, from the syncing account. */
  hide(id: string): void {
    this.setRestricted(id, true);
  }

  /** Takes the restriction off again. */
  unhide(id: string): void {
    this.setRestricted(id, false);
  }

  /** Puts a file on a page; the page's version stays. */
  addAttachment(pageId: string, { title, mediaType, bytes, comment = '', when }: NewAttachment): Attachment {
    const page = this.content(pageId);
    const number = this.nextId();
    const createdAt = when ?? this.clock.now();
    this.lastOrdinal += 1;
    const attachment: Attachment = {
      id: `att${number}`,
      ordinal: this.lastOrdinal,
      type: 'attachment',
      spaceKey: page.spaceKey,
      parentId: pageId,
      title,
      labels: NO_LABELS,
      status: page.status,
      version: { number: 1, when: createdAt },
      createdAt,
      mediaType,
      comment,
      fileId: `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
      bytes,
      earlier: [],
    };
    const siblings = this.attachmentIdsByPage.get(pageId);
    if (siblings) siblings.push(attachment.id);
    else this.attachmentIdsByPage.set(pageId, [attachment.id]);
    return this.putAttachment(attachment);
  }

  /** Uploads a new version of a file: same id, other bytes; the page's version stays. */
  replaceAttachment(
    id: string,
    change: { readonly bytes: AttachmentSource; readonly mediaType?: string; readonly comment?: string },
  ): Attachment {
    const attachment = this.attachment(id);
    const earlier = [...attachment.earlier, attachment.bytes];
    return this.putAttachment({ ...attachment, ...change, earlier, version: this.nextVersion(attachment.version) });
  }

  /** Renames a file; makes a new version of it. */
  renameAttachment(id: string, title: string): Attachment {
    const attachment = this.attachment(id);
    const earlier = [...attachment.earlier, attachment.bytes];
    return this.putAttachment({ ...attachment, title, earlier, version: this.nextVersion(attachment.version) });
  }

  /** Puts a file into the trash; it no longer belongs to its page's list. */
  removeAttachment(id: string): void {
    const attachment = this.attachment(id);
    const siblings = this.attachmentIdsByPage.get(attachment.parentId) ?? [];
    this.attachmentIdsByPage.set(
      attachment.parentId,
      siblings.filter((sibling) => sibling !== id),
    );
    this.putAttachment({ ...attachment, status: 'trashed' });
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  private nextVersion({ number, when }: Version): Version {
    return { number: number + 1, when: Math.max(this.clock.now(), when + 1) };
  }

  private changeSpace(key: string, change: Partial<Space>): void {
    const space = this.space(key);
    this.spaceByKey.set(space.key.toLowerCase(), { ...space, ...change });
    this.index.generation += 1;
  }

  private leave(id: string, status: ContentStatus, { withDescendants = false }: RemovalOptions): void {
    const page = this.content(id);
    if (withDescendants) for (const below of this.descendants(id)) this.put({ ...below, status });
    else this.liftChildren(page);
    this.put({ ...page, status });
  }

  private liftChildren(page: Content): void {
    for (const child of [...this.contentById.values()]) {
      if (child.parentId === page.id) this.put({ ...child, parentId: page.parentId });
    }
  }

  private setRestricted(id: string, restricted: boolean): void {
    const page = this.content(id);
    if (page.restricted === restricted) return;
    this.restrictions += restricted ? 1 : -1;
    this.contentById.set(id, { ...page, restricted });
    this.index.generation += 1;
  }
}

const NO_LABELS: readonly string[] = [];

function lowerCase(labels: readonly string[]): readonly string[] {
  return labels.length === 0 ? NO_LABELS : [...new Set(labels.map((label) => label.toLowerCase()))];
}
