/** Unique's folder: contents belong to it, other scopes lie in it. */
export interface Scope {
  readonly id: string;
  readonly name: string;
  /** Absent for a scope at the top. */
  readonly parentId?: string;
  /** The mark of whoever made or claimed the scope; absent when nobody did. */
  readonly externalId?: string;
}

/** What a user may do with a scope. */
export type AccessType = 'MANAGE' | 'READ' | 'WRITE';

/** What a deletion left behind: scopes that stayed, and the platform's reason. */
export interface ScopeDeletion {
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}
