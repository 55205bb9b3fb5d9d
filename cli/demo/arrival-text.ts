import type { Sandbox, StoredContent } from '../../sandbox';
import { count, table } from '../report/table';

/** Of each sort. */
const EXAMPLES = 2;

/** What stands in the emulated Unique now: the folders with their contents counted, and a few contents with their links. */
export function arrivalText({ unique }: Sandbox): string {
  const contents = unique.contents();
  const byFolder = new Map<string, number>();
  for (const { scopeId } of contents) {
    const path = unique.scopePath(scopeId);
    byFolder.set(path, (byFolder.get(path) ?? 0) + 1);
  }
  const folders = [...byFolder].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `Unique now holds ${count(contents.length)} contents`,
    table(folders.map(([path, contents]) => [path, contents])),
    'for example',
    table(examples(contents).map(({ title, url }) => [title, url])),
  ].join('\n');
}

/** Some pages, and some attachments, each of another kind. */
function examples(contents: readonly StoredContent[]): readonly StoredContent[] {
  const [pages, attachments] = [contents.filter(isPage), contents.filter((content) => !isPage(content))];
  const kinds = new Map(attachments.map((attachment) => [attachment.mimeType, attachment]));
  return [...pages.slice(0, EXAMPLES), ...[...kinds.values()].slice(0, EXAMPLES)];
}

function isPage({ key }: StoredContent): boolean {
  return !key.includes('::');
}
