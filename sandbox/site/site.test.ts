import { believableSite } from './believable-site';
import { generateSite } from './generate-site';
import { NoSuchContentError } from './errors';
import { bytesOf, sizeOf } from './attachment-bytes';
import { Site } from './site';

function siteWithTree() {
  const site = new Site();
  site.addSpace({ key: 'A' });
  site.addSpace({ key: 'B' });
  const root = site.addPage({ spaceKey: 'A', title: 'Root' });
  const child = site.addPage({ spaceKey: 'A', title: 'Child', parentId: root.id });
  const leaf = site.addPage({ spaceKey: 'A', title: 'Leaf', parentId: child.id });
  const file = site.addAttachment(leaf.id, { title: 'f.txt', mediaType: 'text/plain', bytes: Buffer.from('1') });
  return { site, root, child, leaf, file };
}

it('raises the version of what is edited, and of nothing else', () => {
  const { site, child, leaf, file } = siteWithTree();

  site.setLabels(leaf.id, ['New']);
  site.replaceAttachment(file.id, { bytes: Buffer.from('2') });
  site.movePage(child.id, { parentId: null });
  expect(site.content(leaf.id).version).toEqual(leaf.version);
  expect(site.content(child.id).version).toEqual(child.version);
  expect(site.attachment(file.id).version.number).toBe(2);

  site.editPage(leaf.id, { body: 'changed' });
  expect(site.content(leaf.id).version.number).toBe(2);
  expect(site.content(leaf.id).version.when).toBeGreaterThan(leaf.version.when);
  expect(site.content(leaf.id).labels).toEqual(['new']);
});

it('moves a page to another space with all that is below it, ids unchanged', () => {
  const { site, child, leaf, file } = siteWithTree();

  site.movePage(child.id, { spaceKey: 'B' });

  expect(site.content(child.id)).toMatchObject({ spaceKey: 'B', parentId: undefined });
  expect(site.content(leaf.id)).toMatchObject({ spaceKey: 'B', parentId: child.id });
  expect(site.attachment(file.id).spaceKey).toBe('B');
});

it('lifts what lies below a trashed page, and brings the page back where it was', () => {
  const { site, root, child, leaf } = siteWithTree();

  site.trash(child.id);
  expect(site.content(child.id).status).toBe('trashed');
  expect(site.content(leaf.id)).toMatchObject({ status: 'current', parentId: root.id });

  site.restore(child.id);
  expect(site.content(child.id)).toMatchObject({ status: 'current', parentId: root.id });
});

it('takes what lies below along when told to, attachments included', () => {
  const { site, child, leaf, file } = siteWithTree();

  site.archive(child.id, { withDescendants: true });

  expect(site.content(leaf.id).status).toBe('archived');
  expect(site.attachment(file.id).status).toBe('archived');
  expect(site.index.find(file.id)).toBeUndefined();
});

it('hides what lies below a restricted page, and a whole space', () => {
  const { site, root, leaf, file } = siteWithTree();

  site.hide(root.id);
  expect([site.isVisible(site.content(leaf.id)), site.isVisible(site.attachment(file.id))]).toEqual([false, false]);
  site.unhide(root.id);
  expect(site.isVisible(site.content(leaf.id))).toBe(true);
  site.setSpaceHidden('a', true);
  expect(site.isVisible(site.content(leaf.id))).toBe(false);
});

it('deletes a space with everything in it', () => {
  const { site, leaf, file } = siteWithTree();

  site.removeSpace('A');

  expect(() => site.content(leaf.id)).toThrow(NoSuchContentError);
  expect(() => site.attachment(file.id)).toThrow(NoSuchContentError);
  expect([...site.contents()]).toEqual([]);
});

it.each(['cloud', 'data-center'] as const)('builds the same believable %s site every time', (flavor) => {
  const everything = () => {
    const site = believableSite(flavor);
    return [...site.contents()].map((page) => [page, site.attachmentsOf(page.id)]);
  };

  expect(everything()).toEqual(everything());
});

it.each(['cloud', 'data-center'] as const)('shows a %s company with everything that a sync can meet', (flavor) => {
  const site = believableSite(flavor);
  const pages = [...site.contents()];
  const files = pages.flatMap(({ id }) => site.attachmentsOf(id));
  const types = new Set(files.map(({ mediaType }) => mediaType));

  expect([...site.spaces()].map(({ key }) => key.replace(/^~.*/, 'personal'))).toEqual(['ENG', 'HR', 'KB', 'personal']);
  expect(types.size).toBe(11);
  expect(Math.max(...pages.map((page) => site.ancestors(page).length))).toBe(3);
  expect(Math.max(...pages.map(({ id }) => site.attachmentsOf(id).length))).toBe(30);
  expect(files.filter(({ bytes }) => sizeOf(bytes) === 0)).toHaveLength(1);
  expect(pages.filter(({ body }) => body === '').map(({ type }) => type)).toEqual(
    flavor === 'cloud' ? ['page', 'folder'] : ['page'],
  );
  expect(site.byTitle('My notes').labels).toEqual(['ai-ingest']);
});

it('makes generated files of the announced size whose blocks all differ', () => {
  const source = { size: 200_000, seed: 7 };
  const bytes = bytesOf(source);

  expect(bytes.length).toBe(sizeOf(source));
  expect(bytes.equals(bytesOf(source))).toBe(true);
  expect(bytes.subarray(0, 65_536).equals(bytes.subarray(65_536, 131_072))).toBe(false);
});

it('generates sites of the wanted shape, trees below one labelled root a space', () => {
  const site = generateSite({
    spaces: 2,
    pagesPerSpace: 50,
    attachmentEvery: 5,
    bodyBytes: 1000,
    attachmentBytes: 10,
    seed: 3,
    labels: 'tree',
  });
  const pages = [...site.contents()];

  expect(pages).toHaveLength(100);
  expect(pages.filter(({ labels }) => labels.includes('ai-ingest-all'))).toHaveLength(2);
  expect(pages.filter(({ parentId }) => parentId === undefined)).toHaveLength(2);
  expect(pages.flatMap(({ id }) => site.attachmentsOf(id))).toHaveLength(20);
  const [first] = pages;
  const body = typeof first?.body === 'function' ? first.body() : '';
  expect(Buffer.byteLength(body)).toBe(1000);
  expect(body.endsWith('</p>')).toBe(true);
});
