import type { ContentStore } from './content-store';
import { type StringFilter, satisfies } from './filters';
import type { ScopeTree } from './scope-tree';

/** `where` of contents; all of it must hold. */
export interface ContentWhere {
  readonly id?: StringFilter | null;
  readonly key?: StringFilter | null;
  readonly ownerId?: StringFilter | null;
  readonly ownerType?: StringFilter | null;
}

interface KeptSelection {
  readonly where: string;
  readonly generations: string;
  readonly ids: readonly string[];
}

/** Looks for contents that a user may read. The last selection is kept, because a listing asks for it page by page. */
export class ContentSelection {
  private kept: KeptSelection | undefined;

  constructor(
    private readonly store: ContentStore,
    private readonly tree: ScopeTree,
    private readonly userId: string,
  ) {}

  /** Ids, oldest first. */
  select(where: ContentWhere): readonly string[] {
    const text = JSON.stringify(where);
    const generations = `${this.store.generation}/${this.tree.generation}`;
    if (this.kept?.where === text && this.kept.generations === generations) return this.kept.ids;
    const ids = [...this.pool(where)].filter((id) => this.isWanted(id, where));
    this.kept = { where: text, generations, ids };
    return ids;
  }

  private isWanted(id: string, where: ContentWhere): boolean {
    const place = this.store.place(id);
    if (!place || !this.tree.allows(place.scopeId, this.userId, 'READ', 'MANAGE')) return false;
    const fits = satisfies(id, where.id) && satisfies(place.key, where.key) && satisfies(place.scopeId, where.ownerId);
    return fits && satisfies('SCOPE', where.ownerType);
  }

  /** Ids among which the wanted ones are, by the filter that narrows most. */
  private pool({ id, key, ownerId }: ContentWhere): Iterable<string> {
    if (id?.equals) return [id.equals];
    if (id?.in) return new Set(id.in);
    const keys = key?.in ?? (key?.equals ? [key.equals] : undefined);
    if (keys) return new Set(keys.flatMap((one) => this.store.idOfKey(one) ?? []));
    if (ownerId?.equals) return this.store.idsInScope(ownerId.equals);
    return this.store.idsWithPrefix(key?.startsWith ?? '');
  }
}
