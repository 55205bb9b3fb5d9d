import { searchDocuments } from '../cql/search';
import { isAttachment, type SearchDocument } from '../site/content';
import { type ConfluenceContext, bodyOf } from './context';

const KEPT_RESULTS = 16;
/** Smaller results are found again faster than they are worth keeping. */
const WORTH_KEEPING = 200;
const RELATIVE_TO_NOW = /\b(?:now|startof\w+)\s*\(/i;

interface KeptResult {
  readonly generation: number;
  readonly documents: readonly SearchDocument[];
}

/** Searches of the emulated site: what the index knows and the syncing account may see. */
export class ContentSearch {
  private readonly kept = new Map<string, KeptResult>();
  private searches = 0;

  constructor(private readonly context: ConfluenceContext) {}

  /**
   * Everything that `cql` finds. The result of a search is kept until the index changes, because each page of a long
   * listing asks for all of it.
   *
   * @throws {CqlError}
   */
  find(cql: string): readonly SearchDocument[] {
    const { index } = this.context.site;
    index.settle();
    const kept = this.kept.get(cql);
    if (kept?.generation === index.generation) return kept.documents;
    const documents = searchDocuments(cql, this.searchContext()).filter((document) => this.isFound(document));
    if (documents.length >= WORTH_KEEPING && !RELATIVE_TO_NOW.test(cql)) this.keep(cql, documents);
    return documents;
  }

  /** By how many places a new search is rotated, so that equally ranked rows change places. */
  nextRotation(): number {
    if (!this.context.switches.unstableOrder) return 0;
    this.searches += 1;
    return this.searches * 7;
  }

  private keep(cql: string, documents: readonly SearchDocument[]): void {
    this.kept.delete(cql);
    this.kept.set(cql, { generation: this.context.site.index.generation, documents });
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT_RESULTS && oldest !== undefined) this.kept.delete(oldest);
  }

  private isFound(document: SearchDocument): boolean {
    const { site } = this.context;
    return site.findSpace(document.spaceKey)?.status === 'current' && site.isVisible(document);
  }

  private searchContext() {
    const { site, flavor, switches } = this.context;
    return {
      index: site.index,
      flavor,
      findSpace: (key: string) => site.findSpace(key),
      now: site.clock.now(),
      offsetMinutes: switches.timezoneOffsetMinutes,
      bodyOf: (document: SearchDocument) => {
        const content = isAttachment(document) ? undefined : site.findContent(document.id);
        return content ? bodyOf(content) : '';
      },
    };
  }
}

/** `documents` with the first `places` moved to the end. */
export function rotate(documents: readonly SearchDocument[], places: number): readonly SearchDocument[] {
  const cut = documents.length === 0 ? 0 : places % documents.length;
  return cut === 0 ? documents : [...documents.slice(cut), ...documents.slice(0, cut)];
}
