import { isAttachment, type Content, type SearchDocument } from '../site/content';
import type { Site } from '../site/site';
import type { Flavor, Switches } from '../switches';

/** Origins of a sandbox's servers; known once they listen. */
export interface Addresses {
  /** `confluence.baseUrl`: with the context path on Data Center, without `/wiki` on Cloud. */
  confluence: string;
  media: string;
  unique: string;
}

/** What Confluence's answers are made from. */
export interface ConfluenceContext {
  readonly flavor: Flavor;
  readonly site: Site;
  readonly switches: Switches;
  readonly addresses: Addresses;
  /** In front of every path of the application: `/wiki`, or Data Center's context path. */
  readonly contextPath: string;
}

/** The storage body as text. */
export function bodyOf(content: Content): string {
  return typeof content.body === 'string' ? content.body : content.body();
}

/** Folders, whiteboards, databases and the like have no body of their own. */
export function hasBody(document: SearchDocument): document is Content {
  return document.type === 'page' || document.type === 'blogpost';
}

/** What reads by id see of a document that a search found; what lingers in the index alone stays as the index knew it. */
export function freshest(site: Site, document: SearchDocument): SearchDocument {
  const live = isAttachment(document) ? site.findAttachment(document.id) : site.findContent(document.id);
  return live?.status === 'current' ? live : document;
}
