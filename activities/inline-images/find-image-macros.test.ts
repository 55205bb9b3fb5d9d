import fc from 'fast-check';
import { findImageMacros } from './find-image-macros';

/** The text of each macro that is found. */
const macrosIn = (body: string) => findImageMacros(body).map(({ start, end }) => body.slice(start, end));
const image = (fileName: string, attributes = '') =>
  `<ac:image${attributes}><ri:attachment ri:filename="${fileName}" /></ac:image>`;
const own = (fileName: string) => ({ kind: 'own', fileName });
const referencesIn = (body: string) => findImageMacros(body).map(({ reference }) => reference);

test('B-068 finds several, adjacent and deeply nested macros at their exact places', () => {
  const a = image('a.png');
  const b = image('b.png', ' ac:width="200"');
  const macro = `<ac:structured-macro ac:name="info"><ac:rich-text-body><table><tr><td>${b}</td></tr></table></ac:rich-text-body></ac:structured-macro>`;
  expect(macrosIn(`<p>€😀 ${a}${b}</p>${macro}${a}`)).toEqual([a, b, b, a]);
});

test('B-066 a macro that closes itself is none', () => {
  expect(macrosIn(`<p><ac:image ac:alt="x" /></p>${image('a.png')}`)).toEqual([image('a.png')]);
});

test.each([
  ['before the element around it ends', '<p><ac:image><ri:attachment ri:filename="x.png" /></p><p>text</p>'],
  ['before the next one', '<ac:image><ri:attachment ri:filename="x.png" /><p>text</p>'],
  ['around an empty one', '<ac:image><ri:attachment ri:filename="x.png" /><p>text</p><ac:image />'],
])('B-066 a macro that is not closed %s is ignored, and what follows is found', (_, unclosed) => {
  expect(macrosIn(`${unclosed}${image('a.png')}<p>more</p></ac:image>`)).toEqual([image('a.png')]);
});

test.each([
  '<ac:image',
  '<ac:image>',
  '<ac:image><ri:attachment ri:filename="x',
  '<ac:image></ac:image',
  '</ac:image>',
])('B-066 a body that breaks off in %s has no macro there', (end) => {
  expect(macrosIn(`${image('a.png')}<p>text</p>${end}`)).toEqual([image('a.png')]);
});

test('B-066 a macro that closes outside the element it opened in would swallow text: it is ignored', () => {
  const crossed = '<p><ac:image><ri:attachment ri:filename="x.png" /></p><p>text</p></ac:image>';
  expect(macrosIn(`${crossed}${image('a.png')}`)).toEqual([image('a.png')]);
});

test('a macro that holds another keeps its text; the inner one counts', () => {
  expect(macrosIn(`<ac:image>lost ${image('a.png')} text</ac:image>`)).toEqual([image('a.png')]);
});

test('B-073 macros in code blocks and comments are text', () => {
  const code = `<ac:plain-text-body><![CDATA[${image('a.png')}]]]]><![CDATA[>${image('b.png')}]]></ac:plain-text-body>`;
  expect(macrosIn(`${code}<!-- ${image('c.png')} -->`)).toEqual([]);
});

test('decodes entities in file names and attributes, those of XML and of HTML', () => {
  const [macro] = findImageMacros(image('a &amp; b &eacute; &#x1F600;&nbsp;.png', " ac:alt='&quot;x&quot; &lt;'"));
  expect(macro?.reference).toEqual(own('a & b é 😀\u00a0.png'));
  expect(macro?.attributes).toEqual({ alt: '"x" <' });
});

test('takes file names literally otherwise', () => {
  expect(referencesIn(image('100%2F &copy.png'))).toEqual([own('100%2F &copy.png')]);
});

test('B-063 B-064 reads references to other pages and to the web', () => {
  const page = '<ri:page ri:space-key="KB" ri:content-title="R &amp; D" />';
  const elsewhere = `<ac:image><ri:attachment ri:filename="a.png">${page}</ri:attachment></ac:image>`;
  const external = '<ac:image><ri:url ri:value="https://x/y.png?a=1&amp;b=2" /></ac:image>';
  expect(referencesIn(elsewhere + external + '<ac:image></ac:image>')).toEqual([
    { kind: 'other-page', fileName: 'a.png', spaceKey: 'KB', title: 'R & D' },
    { kind: 'external' },
    { kind: 'unknown' },
  ]);
});

test('knows where captions are', () => {
  const caption = '<ac:caption><p>See <ac:link><ri:page ri:content-title="T" /></ac:link></p></ac:caption>';
  const body = `<p>x</p><ac:image><ri:attachment ri:filename="a.png" />${caption}</ac:image>`;
  const [macro] = findImageMacros(body);
  expect(macro?.reference).toEqual(own('a.png'));
  expect(macro?.captions.map(({ start, end }) => body.slice(start, end))).toEqual([caption]);
});

test('finds what lies apart, in order, in any body at all', () => {
  const bits = [
    '<ac:image>',
    '<ac:image ac:alt="',
    '</ac:image>',
    '<ac:image/>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<p',
    '>',
  ];
  const piece = fc.oneof(fc.constantFrom(...bits, '<ri:attachment ri:filename="a.png"/>', '<ac:caption>'), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const body = pieces.join('');
      let last = 0;
      for (const { start, end } of findImageMacros(body)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(body.slice(start)).toMatch(/^<ac:image[\s>/]/);
        expect(body.slice(0, end)).toMatch(/<\/\s*ac:image[^>]*>$/);
        last = end;
      }
    }),
    { numRuns: 2_000 },
  );
});

test('takes time in proportion to the body, also where nothing is ever closed', () => {
  const began = performance.now();
  expect(findImageMacros('<ac:image><b x="&amp;">'.repeat(100_000))).toEqual([]);
  expect(findImageMacros('<ac:image>' + '<b>'.repeat(500_000) + '</ac:image>')).toEqual([]);
  expect(performance.now() - began).toBeLessThan(3_000);
});
