import type { Clock } from '../clock';
import type { SearchDocument } from './content';

const NOTHING: ReadonlySet<string> = new Set();

interface Pending {
  readonly dueAt: number;
  readonly sequence: number;
  readonly id: string;
  /** What the search will see; `undefined` when it will not find it any more. */
  readonly document: SearchDocument | undefined;
}

/**
 * What a search sees: documents as they were `lagMs` ago, found by label, space and parent without looking at all of them.
 *
 * Reads by id do not come here, so they are ahead of searches, as on the real products.
 */
export class SearchIndex {
  /** How long a change stays unseen; asked at each change. */
  lagMs: () => number = () => 0;
  /** Rises whenever a search could find something else than before. */
  generation = 0;

  private readonly documents = new Map<string, SearchDocument>();
  private readonly byLabel = new Map<string, Set<string>>();
  private readonly bySpace = new Map<string, Set<string>>();
  private readonly byParent = new Map<string, Set<string>>();
  private readonly newest = new Map<string, number>();
  private pending: Pending[] = [];
  private sequence = 0;

  constructor(private readonly clock: Clock) {}

  /** Makes `document` what searches see for `id`, now or after the lag; one that is not current is no longer found. */
  put(id: string, document: SearchDocument | undefined): void {
    const seen = document?.status === 'current' ? document : undefined;
    const lagMs = this.lagMs();
    if (lagMs <= 0 && this.pending.length === 0) return this.replace(id, seen);
    this.sequence += 1;
    this.pending.push({ dueAt: this.clock.now() + lagMs, sequence: this.sequence, id, document: seen });
  }

  /** Lets searches see what is due; every search begins with this. */
  settle(): void {
    if (this.pending.length === 0) return;
    const now = this.clock.now();
    const due = this.pending.filter(({ dueAt }) => dueAt <= now);
    if (due.length === 0) return;
    this.pending = this.pending.filter(({ dueAt }) => dueAt > now);
    for (const { id, document, sequence } of due) {
      // A change with a shorter lag may have overtaken this one.
      if (sequence < (this.newest.get(id) ?? 0)) continue;
      this.newest.set(id, sequence);
      this.replace(id, document);
    }
    if (this.pending.length === 0) this.newest.clear();
  }

  find(id: string): SearchDocument | undefined {
    return this.documents.get(id);
  }

  all(): Iterable<SearchDocument> {
    return this.documents.values();
  }

  labelled(label: string): ReadonlySet<string> {
    return this.byLabel.get(label.toLowerCase()) ?? NOTHING;
  }

  inSpace(spaceKey: string): ReadonlySet<string> {
    return this.bySpace.get(spaceKey.toLowerCase()) ?? NOTHING;
  }

  /** What lies directly below: child pages, folders, … and attachments. */
  childrenOf(id: string): ReadonlySet<string> {
    return this.byParent.get(id) ?? NOTHING;
  }

  private replace(id: string, document: SearchDocument | undefined): void {
    const before = this.documents.get(id);
    if (before) this.forget(before);
    if (document) this.learn(document);
    this.generation += 1;
  }

  private learn(document: SearchDocument): void {
    this.documents.set(document.id, document);
    for (const label of document.labels) addTo(this.byLabel, label, document.id);
    addTo(this.bySpace, document.spaceKey.toLowerCase(), document.id);
    if (document.parentId !== undefined) addTo(this.byParent, document.parentId, document.id);
  }

  private forget(document: SearchDocument): void {
    this.documents.delete(document.id);
    for (const label of document.labels) removeFrom(this.byLabel, label, document.id);
    removeFrom(this.bySpace, document.spaceKey.toLowerCase(), document.id);
    if (document.parentId !== undefined) removeFrom(this.byParent, document.parentId, document.id);
  }
}

function addTo(sets: Map<string, Set<string>>, name: string, id: string): void {
  const set = sets.get(name);
  if (set) set.add(id);
  else sets.set(name, new Set([id]));
}

function removeFrom(sets: Map<string, Set<string>>, name: string, id: string): void {
  const set = sets.get(name);
  set?.delete(id);
  if (set?.size === 0) sets.delete(name);
}
