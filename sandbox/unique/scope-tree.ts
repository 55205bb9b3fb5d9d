/** A scope (folder) of the emulated platform. */
export interface StoredScope {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | undefined;
  readonly externalId: string | undefined;
}

/** What a user may do with a scope. */
export type AccessType = 'MANAGE' | 'READ' | 'WRITE';

/** A scope to add. */
export interface NewScope {
  readonly name: string;
  readonly parentId?: string | undefined;
  readonly externalId?: string;
}

/** Scopes, how they lie in each other, and who may do what with them. */
export class ScopeTree {
  /** Rises whenever somebody gets or loses access. */
  generation = 0;

  private readonly byId = new Map<string, StoredScope>();
  private readonly accesses = new Map<string, Map<string, Set<AccessType>>>();
  private lastNumber = 0;

  add({ name, parentId, externalId }: NewScope): StoredScope {
    this.lastNumber += 1;
    const id = `scope_${this.lastNumber.toString(36).padStart(24, '0')}`;
    const scope: StoredScope = { id, name, parentId, externalId };
    this.byId.set(id, scope);
    return scope;
  }

  get(id: string): StoredScope | undefined {
    return this.byId.get(id);
  }

  /** In the order of creation. */
  all(): Iterable<StoredScope> {
    return this.byId.values();
  }

  childrenOf(id: string | undefined): readonly StoredScope[] {
    return [...this.byId.values()].filter(({ parentId }) => parentId === id);
  }

  /** Names from the top down: `/Knowledge/Confluence`. */
  path(id: string): string {
    const scope = this.byId.get(id);
    if (!scope) return '';
    return `${scope.parentId === undefined ? '' : this.path(scope.parentId)}/${scope.name}`;
  }

  /** Whether `id` is `ancestorId` or lies somewhere below it. */
  isWithin(id: string | undefined, ancestorId: string): boolean {
    if (id === undefined) return false;
    return id === ancestorId || this.isWithin(this.byId.get(id)?.parentId, ancestorId);
  }

  change(id: string, change: Partial<Omit<StoredScope, 'id'>>): StoredScope | undefined {
    const scope = this.byId.get(id);
    if (!scope) return undefined;
    const changed = { ...scope, ...change };
    this.byId.set(id, changed);
    return changed;
  }

  remove(id: string): void {
    this.byId.delete(id);
    this.accesses.delete(id);
  }

  grant(scopeId: string, userId: string, type: AccessType): void {
    this.generation += 1;
    const users = this.accesses.get(scopeId) ?? new Map<string, Set<AccessType>>();
    this.accesses.set(scopeId, users);
    users.set(userId, (users.get(userId) ?? new Set<AccessType>()).add(type));
  }

  /** Gives everybody who may do something with `from` the same with `to`. */
  copyAccesses(from: string, to: string): void {
    for (const [userId, types] of this.accesses.get(from) ?? []) for (const type of types) this.grant(to, userId, type);
  }

  /** Takes all that a user may do with a scope away. */
  revoke(scopeId: string, userId: string): void {
    this.generation += 1;
    this.accesses.get(scopeId)?.delete(userId);
  }

  /** Whether the user holds one of these. */
  allows(scopeId: string, userId: string, ...types: readonly AccessType[]): boolean {
    const held = this.accesses.get(scopeId)?.get(userId);
    return held !== undefined && types.some((type) => held.has(type));
  }
}
