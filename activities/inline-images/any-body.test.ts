import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import type { AttachmentRow } from '../../confluence/client';
import { findImageMacros } from './find-image-macros';
import { IMAGE_BUDGET_BYTES, inlineImages, type ImageSources } from './inline-images';
import { createPageLookup } from './page-lookup';

const macro = '<ac:image><ri:attachment ri:filename="a.png" /></ac:image>';
const elsewhere =
  '<ac:image><ri:attachment ri:filename="a.png"><ri:page ri:content-title="T" /></ri:attachment></ac:image>';
const image = (title: string): AttachmentRow => ({ id: `id of ${title}`, title, mediaType: 'image/png', version: 1 });

/** Inlines with downloads that all end as `open` does, and no other pages. */
function inline(body: string, attachments: readonly AttachmentRow[], open: ImageSources['openAttachment']) {
  const sources: ImageSources = {
    openAttachment: open,
    transfers: (work) => work(),
    lookup: createPageLookup({
      findPages: () => Promise.resolve([]),
      listAttachments: () => Promise.resolve({ rows: [], unknown: [] }),
    }),
  };
  const limits = { allowedMimeTypes: ['image/png'], maxFileSizeBytes: 1_000, budgetBytes: IMAGE_BUDGET_BYTES };
  const page = { pageId: '1', spaceKey: 'ENG', body, attachments };
  return inlineImages(page, sources, limits, new AbortController().signal);
}

const broken = () => Promise.reject(new Error('broken'));
const three = () => Promise.resolve({ stream: Readable.from([Buffer.from('abc')]) });

test('B-068 any body without an image macro comes out byte for byte', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('<p>', '<![CDATA[', '<ri:attachment ', '"', '&'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text), async (pieces) => {
      const body = pieces.join('').replaceAll('ac:image', '');
      expect((await inline(body, [], three)).body.equals(Buffer.from(body))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

const bits = ['<ac:image>', '</ac:image>', '<ri:attachment ri:filename="a.png">', '</ri:attachment>', '<ac:image/>'];
const around = ['<![CDATA[', ']]>', '<!--', '-->', '<p', '<ac:rich-text-body>', '</ac:rich-text-body>', '<br />'];
const entities = ['&amp;', '&lt;', '&eacute;', '&#x1F600;', '&nosuch;', '&'];
const anyBody = fc
  .array(fc.oneof(fc.constantFrom(...bits, macro, elsewhere, ...around, ...entities), fc.string()))
  .map((pieces) => pieces.join(''));

test('B-072 any body stays as it is when everything fails', async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, async (body) => {
      expect((await inline(body, [image('a.png')], broken)).body.equals(Buffer.from(body))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('B-068 B-069 any body keeps all that is around its macros, and shows its image', async () => {
  const shown = '<img alt="a.png" src="data:image/png;base64,YWJj" />';
  await fc.assert(
    fc.asyncProperty(anyBody, async (body) => {
      const own = findImageMacros(body).filter(({ reference }) => reference.kind === 'own');
      const kept = [0, ...own.map(({ end }) => end)].map((from, index) => body.slice(from, own[index]?.start));
      const { body: result } = await inline(body, [image('a.png')], three);
      expect(result.toString()).toBe(own.length === 0 ? `${body}<p>${shown}</p>` : kept.join(shown));
    }),
    { numRuns: 1_000 },
  );
});

const RECORDED = join(__dirname, '../../../shared/data/real-confluence');
const recorded = (existsSync(RECORDED) ? readdirSync(RECORDED, { recursive: true, encoding: 'utf8' }) : []).filter(
  (path) => /\.x(ht)?ml$/.test(path),
);

if (recorded.length === 0) {
  test.skip('recorded bodies change only inside image macros: skipped, there are none beside the repository', () => {});
} else {
  test.each(recorded)('recorded body %s changes only inside image macros', async (path) => {
    const body = readFileSync(join(RECORDED, path), 'utf8');
    const names = [...body.matchAll(/<ac:image\b[^>]*><ri:attachment ri:filename="([^"]*)"/g)].map(
      ([, name = '']) => name,
    );
    const { body: result, inlined } = await inline(body, names.map(image), three);
    expect(inlined).toHaveLength(names.length);
    const withoutImages = result.toString().replace(/<img alt="[^"]*"[^<>]* src="data:[^"]*" \/>/g, '[image]');
    expect(withoutImages).toBe(body.replace(/<ac:image\b[^>]*>\s*<ri:attachment\b[^>]*\/>\s*<\/ac:image>/g, '[image]'));
  });
}
