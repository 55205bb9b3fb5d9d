import type { Sandbox, StoredContent } from '../../sandbox';
import { count, table } from '../report/table';

const EXAMPLES = 4;

/** What stands in the emulated Unique now: the folders with their contents counted, and a few contents with their links. */
export function arrivalText({ flavor, unique }: Sandbox): string {
  const contents = unique.contents();
  const byFolder = new Map<string, number>();
  for (const { scopeId } of contents) {
    const path = unique.scopePath(scopeId);
    byFolder.set(path, (byFolder.get(path) ?? 0) + 1);
  }
  const folders = [...byFolder].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `In the Unique of ${flavor} are now ${count(contents.length)} contents:`,
    table(folders.map(([path, contents]) => [path, contents])),
    'for example',
    table(examples(contents).map(({ title, mimeType, url }) => [title ?? '', mimeType, url ?? ''])),
  ].join('\n');
}

/** One of each media type first. */
function examples(contents: readonly StoredContent[]): readonly StoredContent[] {
  const first = new Map<string, StoredContent>();
  for (const content of contents) if (!first.has(content.mimeType)) first.set(content.mimeType, content);
  return [...first.values()].slice(0, EXAMPLES);
}
