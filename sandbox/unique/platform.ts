import { Clock } from '../clock';
import type { Credentials } from '../credentials';
import { Signer } from '../signer';
import type { Switches } from '../switches';
import { ContentSelection } from './content-selection';
import { type ContentInput, ContentStore } from './content-store';
import { type AccessType, type NewScope, ScopeTree, type StoredScope } from './scope-tree';
import type { Removal, StoredContent, UpsertCount } from './stored-content';

export type { StoredScope } from './scope-tree';
export type { StoredContent } from './stored-content';

/** A content that somebody else put into the platform. */
export interface ForeignContent {
  readonly key: string;
  readonly scopeId: string;
  readonly title?: string;
  readonly bytes?: Buffer;
  readonly url?: string;
  readonly mimeType?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Where it came from: kind, name and owner type of its source. @default a file that a user uploaded */
  readonly source?: { readonly kind: string; readonly name: string; readonly ownerType: string };
}

/** The emulated Unique platform, looked at from the inside. */
export class UniquePlatform {
  /** Decides `updatedAt`, the end of ingestions, and when tokens and URLs expire. */
  readonly clock = new Clock();
  readonly userId: string;
  /** The scope that a tenant file names; made beforehand, without access for anybody. */
  readonly rootScopeId: string;
  /** The folder in which the root scope lies. */
  readonly parentScopeId: string;

  /** For the servers of the sandbox; tests use the methods below. */
  readonly store: ContentStore;
  /** For the servers of the sandbox; tests use the methods below. */
  readonly tree = new ScopeTree();
  /** For the servers of the sandbox; tests use the methods below. */
  readonly selection: ContentSelection;
  /** Signs write and read URLs. */
  readonly signer = new Signer(this.clock);

  constructor(
    readonly switches: Switches,
    credentials: Credentials,
    readonly keepBytes: boolean,
  ) {
    this.userId = credentials.userId;
    this.store = new ContentStore(this.clock, () => switches.ingestionMs);
    this.selection = new ContentSelection(this.store, this.tree, this.userId);
    this.parentScopeId = this.tree.add({ name: 'Knowledge' }).id;
    this.rootScopeId = this.tree.add({ name: 'Confluence', parentId: this.parentScopeId }).id;
  }

  /** Everything that is stored, oldest first; states are those of this moment. */
  contents(): readonly StoredContent[] {
    return this.store.all();
  }

  contentByKey(key: string): StoredContent | undefined {
    return this.store.getByKey(key);
  }

  /** How often a key was registered and finalized, also when its content is gone. */
  upserts(key: string): UpsertCount {
    return this.store.upserts.get(key) ?? { register: 0, finalize: 0 };
  }

  /** Contents that were removed, oldest first. */
  get removals(): readonly Removal[] {
    return this.store.removals;
  }

  /** Keys whose ingestion ends in the state behind them, for as long as they stand here. */
  get ingestionFailures(): Map<string, string> {
    return this.store.ingestionFailures;
  }

  /** Puts a content into a state by hand, as when a re-ingestion in the platform fails. */
  setIngestionState(key: string, state: string): void {
    this.store.setState(key, state);
  }

  scopes(): readonly StoredScope[] {
    return [...this.tree.all()];
  }

  scope(id: string): StoredScope | undefined {
    return this.tree.get(id);
  }

  /** Names from the top down, such as `/Knowledge/Confluence/ENG`; empty for an unknown scope. */
  scopePath(id: string): string {
    return this.tree.path(id);
  }

  /** Adds a scope as somebody else would: the syncing user has no access to it. */
  addScope(scope: NewScope): StoredScope {
    return this.tree.add(scope);
  }

  /** Changes a scope as somebody in the platform's web pages would. */
  changeScope(id: string, change: Partial<Omit<StoredScope, 'id'>>): void {
    this.tree.change(id, change);
  }

  /** Deletes a scope with all below it and all contents, as somebody in the platform's web pages would. */
  removeScope(id: string): void {
    for (const child of this.tree.childrenOf(id)) this.removeScope(child.id);
    for (const contentId of [...this.store.idsInScope(id)]) this.store.remove(contentId, 'deleteFolder');
    this.tree.remove(id);
  }

  /** Gives the syncing user access. */
  grant(scopeId: string, ...types: readonly AccessType[]): void {
    for (const type of types) this.tree.grant(scopeId, this.userId, type);
  }

  /** Takes the syncing user's access away. */
  revoke(scopeId: string): void {
    this.tree.revoke(scopeId, this.userId);
  }

  /** Adds a content that no sync made; it is finished, and is not counted in `upserts`. */
  addContent(content: ForeignContent): StoredContent {
    return this.store.addFinished(foreignInput(content), content.bytes ?? Buffer.from(content.title ?? content.key));
  }

  /** Removes a content as somebody in the platform's web pages would. */
  removeContent(key: string): void {
    const content = this.store.getByKey(key);
    if (content) this.store.remove(content.id, 'contentDelete');
  }
}

function foreignInput({
  key,
  scopeId,
  title = key,
  url = '',
  mimeType,
  metadata,
  source,
}: ForeignContent): ContentInput {
  return {
    key,
    title,
    url,
    mimeType: mimeType ?? 'text/plain',
    byteSize: 0,
    metadata: metadata ?? {},
    scopeId,
    ingestionConfig: undefined,
    sourceKind: source?.kind ?? 'UNIQUE_BLOB_STORAGE',
    sourceName: source?.name ?? 'Unique',
    sourceOwnerType: source?.ownerType ?? 'USER',
    storeInternally: true,
  };
}
