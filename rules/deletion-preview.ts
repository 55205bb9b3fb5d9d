/** How a tenant's root scope stands. */
export type RootState =
  /** It carries the tenant's mark: there is something to remove. */
  | 'owned'
  /** It carries no mark: nothing of the tenant is left, or never was there. */
  | 'unmarked'
  /** It carries the mark of another Confluence instance. */
  | 'owned by another'
  /** It does not exist, or the service user may not see it yet. */
  | 'not visible'
  /** Nobody knows where Unique is: the tenant's file is gone or has problems. */
  | 'unknown';

/** What the removal of a tenant would find in one space. */
export interface SpacePreview {
  readonly spaceKey: string;
  /** Ours, which would be removed. */
  readonly contents: number;
  /** Of somebody else inside the space's scope: they stay, and so does the scope. */
  readonly foreignContents: number;
  readonly foreignScopes: number;
}

/** Result of `previewDeletion`, printed by `syncspace delete-tenant --json`. Nothing is changed for it. */
export interface DeletionPreview {
  readonly tenant: string;
  readonly root: { readonly state: RootState; readonly scopeId?: string };
  /** Contents that would be removed; as the ledger has them where `root.state` is `unknown`. */
  readonly contents: number;
  /** Scopes of spaces that would be removed. */
  readonly scopes: number;
  /** Other scopes in the root scope, which are left alone. */
  readonly otherScopes: number;
  readonly spacesTotal: number;
  /** The first {@link MAX_SPACES_IN_PREVIEW}, by key. */
  readonly spaces: readonly SpacePreview[];
  /** Why nothing would be removed, in one sentence. */
  readonly message?: string;
}

/** Previews stand in Temporal's history, so they are bounded. */
export const MAX_SPACES_IN_PREVIEW = 200;
