import type { Sandbox } from '../../sandbox';

/**
 * Edits one page and attaches a file to it, as a person in Confluence would.
 *
 * @returns what was done: one sentence
 */
export function editSite({ flavor, site, unique }: Sandbox): string {
  const synced = unique.contents().map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
  const page = [...site.contents()].find(({ id, type }) => type === 'page' && synced.includes(id));
  if (page === undefined) throw new Error(`No page of the ${flavor} sandbox was synced`);
  site.editPage(page.id, { body: '<p>Rewritten a moment ago: the handbook moves to the new wiki on Monday.</p>' });
  site.addAttachment(page.id, {
    title: 'minutes.txt',
    mediaType: 'text/plain',
    bytes: Buffer.from('Decided on Monday: the handbook moves.\n'),
  });
  return `In Confluence (${flavor}), page ${page.id} of space ${page.spaceKey} is edited and gets an attachment.`;
}
