import { Clock } from '../clock';
import { type Attachment, type Content, type SearchDocument, type Space, isAttachment } from './content';
import { NoSuchContentError, NoSuchSpaceError } from './errors';
import { SearchIndex } from './search-index';

/** Everything that an emulated Confluence holds, and what the syncing account may see of it. */
export class SiteRecords {
  readonly clock = new Clock();
  readonly index = new SearchIndex(this.clock);

  protected readonly spaceByKey = new Map<string, Space>();
  protected readonly contentById = new Map<string, Content>();
  protected readonly attachmentById = new Map<string, Attachment>();
  protected readonly attachmentIdsByPage = new Map<string, string[]>();
  /** How many contents are restricted, so that most look-ups need not climb. */
  protected restrictions = 0;

  /** @throws {NoSuchSpaceError} when there is none with this key (case does not matter) */
  space(key: string): Space {
    const space = this.findSpace(key);
    if (!space) throw new NoSuchSpaceError(key);
    return space;
  }

  findSpace(key: string): Space | undefined {
    return this.spaceByKey.get(key.toLowerCase());
  }

  spaces(): Iterable<Space> {
    return this.spaceByKey.values();
  }

  /** @throws {NoSuchContentError} when there is none with this id, whatever its status */
  content(id: string): Content {
    const content = this.contentById.get(id);
    if (!content) throw new NoSuchContentError(id);
    return content;
  }

  findContent(id: string): Content | undefined {
    return this.contentById.get(id);
  }

  /** Everything but attachments, in the order of creation, whatever its status. */
  contents(): Iterable<Content> {
    return this.contentById.values();
  }

  /** The first current content with exactly this title. @throws {NoSuchContentError} when there is none */
  byTitle(title: string, spaceKey?: string): Content {
    for (const content of this.contentById.values()) {
      if (content.title === title && content.status === 'current' && isIn(content, spaceKey)) return content;
    }
    throw new NoSuchContentError(title);
  }

  /** @throws {NoSuchContentError} when there is none with this id, whatever its status */
  attachment(id: string): Attachment {
    const attachment = this.attachmentById.get(id);
    if (!attachment) throw new NoSuchContentError(id);
    return attachment;
  }

  findAttachment(id: string): Attachment | undefined {
    return this.attachmentById.get(id);
  }

  attachmentOfFile(pageId: string, title: string): Attachment | undefined {
    return this.attachmentsOf(pageId).find((attachment) => attachment.title === title);
  }

  /** The files of a page, oldest first; those in the trash are not among them. */
  attachmentsOf(pageId: string): readonly Attachment[] {
    return (this.attachmentIdsByPage.get(pageId) ?? []).map((id) => this.attachment(id));
  }

  /** The contents above, from the top of the space down to the parent. */
  ancestors(document: SearchDocument): readonly Content[] {
    const above: Content[] = [];
    let parent = document.parentId === undefined ? undefined : this.contentById.get(document.parentId);
    while (parent) {
      above.unshift(parent);
      parent = parent.parentId === undefined ? undefined : this.contentById.get(parent.parentId);
    }
    return above;
  }

  /** Whether the syncing account may see it: neither it, nor anything above it, nor its space is hidden. */
  isVisible(document: SearchDocument): boolean {
    if (this.findSpace(document.spaceKey)?.hidden) return false;
    if (this.restrictions === 0) return true;
    if (!isAttachment(document) && this.contentById.get(document.id)?.restricted) return false;
    return !this.ancestors(document).some(({ restricted }) => restricted);
  }

  protected put(content: Content): Content {
    this.contentById.set(content.id, content);
    this.index.put(content.id, content);
    for (const attachment of this.attachmentsOf(content.id)) {
      if (attachment.spaceKey !== content.spaceKey || attachment.status !== content.status) {
        this.putAttachment({ ...attachment, spaceKey: content.spaceKey, status: content.status });
      }
    }
    return content;
  }

  protected putAttachment(attachment: Attachment): Attachment {
    this.attachmentById.set(attachment.id, attachment);
    this.index.put(attachment.id, attachment);
    return attachment;
  }

  /** Forgets a content with its attachments. */
  protected drop(content: Content): void {
    if (content.restricted) this.restrictions -= 1;
    for (const { id } of this.attachmentsOf(content.id)) {
      this.attachmentById.delete(id);
      this.index.put(id, undefined);
    }
    this.attachmentIdsByPage.delete(content.id);
    this.contentById.delete(content.id);
    this.index.put(content.id, undefined);
  }

  protected descendants(id: string): readonly Content[] {
    const children = new Map<string, Content[]>();
    for (const content of this.contentById.values()) {
      if (content.parentId === undefined) continue;
      const siblings = children.get(content.parentId);
      if (siblings) siblings.push(content);
      else children.set(content.parentId, [content]);
    }
    const found = [...(children.get(id) ?? [])];
    for (let next = 0; next < found.length; next += 1) found.push(...(children.get(found[next]?.id ?? '') ?? []));
    return found;
  }
}

function isIn(content: Content, spaceKey: string | undefined): boolean {
  return spaceKey === undefined || content.spaceKey.toLowerCase() === spaceKey.toLowerCase();
}
