import type { z } from 'zod';
import { tenantFileJsonSchema } from './json-schema';

/** The keys that a tenant file may have at one path, in any mode. */
export function knownKeysAt(path: readonly PropertyKey[]): readonly string[] {
  return [...keyIndex().entries()].filter(([, parents]) => parents.has(path.join('.'))).map(([key]) => key);
}

/** The sections (dotted, the top level as an empty text) in which a tenant file may have this key. */
export function sectionsWith(key: string): readonly string[] {
  return [...(keyIndex().get(key) ?? [])];
}

type KeyIndex = ReadonlyMap<string, ReadonlySet<string>>;

let index: KeyIndex | undefined;

/** For each key the sections that know it; walked once, since only a mistake asks for it. */
function keyIndex(): KeyIndex {
  index ??= buildIndex();
  return index;
}

function buildIndex(): KeyIndex {
  const sections = new Map<string, Set<string>>();
  visit(tenantFileJsonSchema(), '');
  return sections;

  function visit(node: z.core.JSONSchema.JSONSchema, path: string): void {
    for (const alternative of [...(node.oneOf ?? []), ...(node.anyOf ?? [])]) {
      if (typeof alternative === 'object') visit(alternative, path);
    }
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      sections.set(key, (sections.get(key) ?? new Set()).add(path));
      if (typeof child === 'object') visit(child, path === '' ? key : `${path}.${key}`);
    }
  }
}
