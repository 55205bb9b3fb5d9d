/** Types of Confluence content that have a body to ingest; live docs are of type page. */
export function isIngestible(type: string): boolean {
  return type === 'page' || type === 'blogpost';
}

/** Types that hold no text of their own but may have pages below them. */
const CONTAINERS: ReadonlySet<string> = new Set(['folder', 'database', 'whiteboard', 'embed']);

export function isContainer(type: string): boolean {
  return CONTAINERS.has(type);
}

/**
 * Personal spaces never belong to a company's knowledge base; Data Center knows only global ones beside them, Cloud
 * also collaboration and knowledge-base spaces. Judged on the row: a filter by `space.type` in the search leaves out
 * types that are added later.
 */
export function isSyncedSpace(space: { readonly key: string; readonly type: string }): boolean {
  return space.type !== 'personal' && !space.key.startsWith('~');
}
