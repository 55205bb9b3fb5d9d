import { imageAttributes, imageElement, imageReference, isInlineImage, type MacroElement } from './storage-images';

const RULES = { allowedMimeTypes: ['image/png', 'application/pdf'], maxFileSizeBytes: 100 };

function element(name: string, attributes: Record<string, string> = {}, path: readonly string[] = []): MacroElement {
  return { name, path, attributes: new Map(Object.entries(attributes)) };
}

const attachment = element('ri:attachment', { 'ri:filename': 'a.png' });
const inAttachment = (name: string, attributes: Record<string, string>) => element(name, attributes, ['ri:attachment']);

describe('what an image macro refers to', () => {
  test('B-062 a file of the page itself', () => {
    expect(imageReference([attachment])).toEqual({ kind: 'own', fileName: 'a.png' });
  });

  test('B-063 a file of another page, in a named space or the current one', () => {
    const named = inAttachment('ri:page', { 'ri:content-title': 'T', 'ri:space-key': 'KB' });
    const current = inAttachment('ri:page', { 'ri:content-title': 'T' });
    const reference = { kind: 'other-page', fileName: 'a.png', title: 'T' };
    expect(imageReference([attachment, named])).toEqual({ ...reference, spaceKey: 'KB' });
    expect(imageReference([attachment, current])).toEqual(reference);
  });

  test('B-063 a blog post, or a content id, is no page', () => {
    const post = inAttachment('ri:blog-post', { 'ri:content-title': 'T', 'ri:posting-day': '2014/02/15' });
    const content = inAttachment('ri:content-entity', { 'ri:content-id': '7' });
    expect(imageReference([attachment, post])).toEqual({ kind: 'unknown' });
    expect(imageReference([attachment, content])).toEqual({ kind: 'unknown' });
  });

  test('B-065 a page without a title is unknown, not the page itself', () => {
    expect(imageReference([attachment, inAttachment('ri:page', { 'ri:space-key': 'KB' })]).kind).toBe('unknown');
    expect(imageReference([attachment, inAttachment('ri:page', { 'ri:content-title': ' ' })]).kind).toBe('unknown');
  });

  test('B-064 a web address is external, anything else unknown', () => {
    expect(imageReference([element('ri:url', { 'ri:value': 'https://x/y.png' })])).toEqual({ kind: 'external' });
    expect(imageReference([])).toEqual({ kind: 'unknown' });
    expect(imageReference([element('ri:attachment')])).toEqual({ kind: 'unknown' });
  });

  test('a link in a caption refers to nothing', () => {
    const link = element('ri:page', { 'ri:content-title': 'T' }, ['ac:caption', 'ac:link']);
    expect(imageReference([attachment, link])).toEqual({ kind: 'own', fileName: 'a.png' });
  });
});

describe('the image in its place', () => {
  const file = { fileName: 'a.png', mediaType: 'image/png' };

  test('B-067 keeps alt, title, width and height, and no other attribute', () => {
    const macro = { 'ac:alt': 'A', 'ac:title': 'T', 'ac:width': '200', 'ac:height': '100', 'ac:align': 'center' };
    const { before, after } = imageElement(imageAttributes(new Map(Object.entries(macro))), file);
    const kept = '<img alt="A" title="T" width="200" height="100" src="data:image/png;base64,';
    expect(before + after).toBe(`${kept}" />`);
  });

  test('B-067 takes the file name where there is no alt', () => {
    expect(imageElement({}, file).before).toBe('<img alt="a.png" src="data:image/png;base64,');
    expect(imageElement(imageAttributes(new Map([['ac:alt', '']])), file).before).toContain('alt="a.png"');
  });

  test('B-067 escapes &, " and <', () => {
    const { before } = imageElement({ title: '<b> & "c"' }, { ...file, fileName: '"><script>.png' });
    expect(before).toContain('alt="&quot;>&lt;script>.png" title="&lt;b> &amp; &quot;c&quot;"');
  });

  test('B-071 leaves parameters of the media type out', () => {
    expect(imageElement({}, { ...file, mediaType: 'Image/PNG; charset=x' }).before).toContain('data:image/png;base64,');
  });
});

describe('which attachments are inlined', () => {
  test('B-064 images that the rules for attachments want', () => {
    expect(isInlineImage({ mediaType: 'image/png', fileSize: 100 }, RULES)).toBe(true);
    expect(isInlineImage({ mediaType: 'image/png' }, RULES)).toBe(true);
  });

  test.each([
    ['is no image', { mediaType: 'application/pdf', fileSize: 10 }],
    ['is not in the list of types', { mediaType: 'image/gif', fileSize: 10 }],
    ['is too big', { mediaType: 'image/png', fileSize: 101 }],
    ['is empty', { mediaType: 'image/png', fileSize: 0 }],
    ['has no type', { fileSize: 10 }],
  ])('B-064 not one that %s', (_, one) => {
    expect(isInlineImage(one, RULES)).toBe(false);
  });
});
