import { createHash } from 'node:crypto';
import type { Clock } from '../clock';
import type { Removal, StoredContent, StoredFile, UpsertCount } from './stored-content';
import { FAILED_GETTING_FILE, FINISHED, INGESTING, QUEUED } from './stored-content';

/** What is given with a registration or a finalization. */
export interface ContentInput {
  readonly key: string;
  readonly title: string;
  readonly url: string;
  readonly mimeType: string;
  readonly byteSize: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly scopeId: string;
  readonly ingestionConfig: Readonly<Record<string, unknown>> | undefined;
  readonly sourceKind: string | undefined;
  readonly sourceName: string | undefined;
  readonly sourceOwnerType: string | undefined;
  readonly storeInternally: boolean;
}

interface Entry extends ContentInput {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly expiresAt: string | undefined;
  /** Of the last finalization, `QUEUED` since the last registration. */
  readonly state: string;
  /** When `state` is reached. */
  readonly readyAt: number;
  readonly ingested: StoredFile | undefined;
}

/** What decides whether a content is looked for. */
export interface ContentPlace {
  readonly id: string;
  readonly key: string;
  readonly scopeId: string;
}

/** What the platform knows about contents, found by id, key, key prefix and scope. */
export class ContentStore {
  /** Contents that left, oldest first. */
  readonly removals: Removal[] = [];
  /** How often each key was registered and finalized, contents that left included. */
  readonly upserts = new Map<string, UpsertCount>();
  /** Keys whose ingestion ends in this state instead of `FINISHED`, until they are taken out. */
  readonly ingestionFailures = new Map<string, string>();

  /** Rises whenever a content comes, goes or moves. */
  generation = 0;

  private readonly byId = new Map<string, Entry>();
  private readonly idByKey = new Map<string, string>();
  /** Ids by everything up to the last slash of their key: what shares a prefix mostly shares all of it. */
  private readonly idsByFolder = new Map<string, Set<string>>();
  private readonly idsByScope = new Map<string, Set<string>>();
  private readonly files = new Map<string, StoredFile>();
  private lastNumber = 0;

  constructor(
    private readonly clock: Clock,
    private readonly ingestionMs: () => number,
  ) {}

  /** Registers a content: same key, same id; its state begins anew and its `updatedAt` is now. */
  register(input: ContentInput): StoredContent {
    this.count(input.key, 'register');
    return this.write({ ...this.renewed(input), state: QUEUED, readyAt: this.clock.now() });
  }

  /** Finalizes a content with the file that lies under the id `fileId`; without one the ingestion fails. */
  finalize(input: ContentInput, fileId: string | undefined): StoredContent {
    this.count(input.key, 'finalize');
    const file = fileId === undefined ? undefined : this.files.get(fileId);
    const readyAt = this.clock.now() + this.ingestionMs();
    if (!file) return this.write({ ...this.renewed(input), state: FAILED_GETTING_FILE, readyAt });
    const state = this.ingestionFailures.get(input.key) ?? FINISHED;
    return this.write({ ...this.renewed(input), byteSize: file.byteSize, ingested: file, state, readyAt });
  }

  /** Adds a finished content that was not registered here. */
  addFinished(input: ContentInput, bytes: Buffer): StoredContent {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const ingested = { byteSize: bytes.length, sha256, bytes };
    return this.write({ ...this.renewed(input), byteSize: bytes.length, ingested, state: FINISHED });
  }

  /** Puts uploaded bytes under a content's id; what lay there is gone. */
  putFile(contentId: string, file: StoredFile): void {
    this.files.set(contentId, file);
  }

  file(contentId: string): StoredFile | undefined {
    return this.files.get(contentId);
  }

  /** Changes single fields of a content; its `updatedAt` is now. */
  update(id: string, change: Partial<Pick<Entry, 'url' | 'title' | 'metadata' | 'expiresAt' | 'scopeId'>>) {
    const entry = this.byId.get(id);
    return entry && this.write({ ...entry, ...change, updatedAt: this.clock.now() });
  }

  /** Makes a content fail or finish by hand. */
  setState(key: string, state: string): void {
    const entry = this.byId.get(this.idByKey.get(key) ?? '');
    if (entry) this.write({ ...entry, state, readyAt: this.clock.now() });
  }

  /** @returns whether there was one */
  remove(id: string, by: Removal['by']): boolean {
    const entry = this.byId.get(id);
    if (!entry) return false;
    this.byId.delete(id);
    this.idByKey.delete(entry.key);
    this.files.delete(id);
    leave(this.idsByFolder, folderOf(entry.key), id);
    leave(this.idsByScope, entry.scopeId, id);
    this.generation += 1;
    this.removals.push({ time: this.clock.now(), contentId: id, key: entry.key, by });
    return true;
  }

  get(id: string): StoredContent | undefined {
    const entry = this.byId.get(id);
    return entry && this.show(entry);
  }

  /** Where a content is, which is cheaper than all of it. */
  place(id: string): ContentPlace | undefined {
    return this.byId.get(id);
  }

  idOfKey(key: string): string | undefined {
    return this.idByKey.get(key);
  }

  /** The ingestion state of this moment. */
  stateOf(id: string): string | undefined {
    const entry = this.byId.get(id);
    return entry && this.shownState(entry);
  }

  getByKey(key: string): StoredContent | undefined {
    return this.get(this.idByKey.get(key) ?? '');
  }

  /** When the content of a key was last written; cheaper than reading it. */
  updatedAtOfKey(key: string): number | undefined {
    return this.byId.get(this.idByKey.get(key) ?? '')?.updatedAt;
  }

  all(): readonly StoredContent[] {
    return [...this.byId.values()].map((entry) => this.show(entry));
  }

  /** Ids of the contents of a scope. */
  idsInScope(scopeId: string): Iterable<string> {
    return this.idsByScope.get(scopeId) ?? [];
  }

  /** Keys that begin with `prefix`. */
  *keysWithPrefix(prefix: string): Generator<string> {
    for (const id of this.idsWithPrefix(prefix)) {
      const entry = this.byId.get(id);
      if (entry) yield entry.key;
    }
  }

  /** Ids of contents whose key begins with `prefix`. */
  *idsWithPrefix(prefix: string): Generator<string> {
    const exact = prefix.endsWith('/') ? prefix.slice(0, -1) : undefined;
    for (const [folder, ids] of this.idsByFolder) {
      if (folder === exact || folder.startsWith(prefix)) yield* ids;
      else if (prefix.startsWith(`${folder}/`) || folder === '') {
        for (const id of ids) if (this.byId.get(id)?.key.startsWith(prefix)) yield id;
      }
    }
  }

  private renewed(input: ContentInput): Entry {
    const known = this.byId.get(this.idByKey.get(input.key) ?? '');
    const now = this.clock.now();
    const initial = { id: known?.id ?? this.newId(), createdAt: known?.createdAt ?? now, expiresAt: known?.expiresAt };
    return { ...input, ...initial, updatedAt: now, state: QUEUED, readyAt: now, ingested: known?.ingested };
  }

  private write(entry: Entry): StoredContent {
    const before = this.byId.get(entry.id);
    if (before && before.scopeId !== entry.scopeId) leave(this.idsByScope, before.scopeId, entry.id);
    if (before?.scopeId !== entry.scopeId) this.generation += 1;
    this.byId.set(entry.id, entry);
    this.idByKey.set(entry.key, entry.id);
    join(this.idsByFolder, folderOf(entry.key), entry.id);
    join(this.idsByScope, entry.scopeId, entry.id);
    return this.show(entry);
  }

  private show(entry: Entry): StoredContent {
    const { state: _state, readyAt: _readyAt, ingested, ...rest } = entry;
    return { ...rest, ingestionState: this.shownState(entry), bytes: ingested?.bytes, sha256: ingested?.sha256 };
  }

  private shownState({ state, readyAt }: Entry): string {
    return state === QUEUED || this.clock.now() >= readyAt ? state : INGESTING;
  }

  private count(key: string, step: keyof UpsertCount): void {
    const before = this.upserts.get(key) ?? { register: 0, finalize: 0 };
    this.upserts.set(key, { ...before, [step]: before[step] + 1 });
  }

  private newId(): string {
    this.lastNumber += 1;
    return `cont_${this.lastNumber.toString(36).padStart(24, '0')}`;
  }
}

function folderOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}

function join(sets: Map<string, Set<string>>, name: string, id: string): void {
  const set = sets.get(name);
  if (set) set.add(id);
  else sets.set(name, new Set([id]));
}

function leave(sets: Map<string, Set<string>>, name: string, id: string): void {
  const set = sets.get(name);
  set?.delete(id);
  if (set?.size === 0) sets.delete(name);
}
