import type { PageReference } from './find-pages';

/** All pages that one of the references names; other types of content do not count. */
export function pagesQuery(references: readonly PageReference[]): string {
  const each = references.map(({ spaceKey, title }) => `space = ${quote(spaceKey)} AND title = ${quote(title)}`);
  const any = each.length === 1 ? each.join('') : `(${each.map((one) => `(${one})`).join(' OR ')})`;
  return `${any} AND type = page`;
}

/** A quoted CQL text; an unescaped quote would let a title continue the query. */
function quote(value: string): string {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}
