import { Readable } from 'node:stream';
import fc from 'fast-check';
import { readBase64 } from './read-base64';

const all = () => true;

test('encodes any bytes in any pieces as if they came at once', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 7 }).map((bytes) => Buffer.from(bytes)));
  await fc.assert(
    fc.asyncProperty(pieces, async (chunks) => {
      const image = await readBase64(Readable.from(chunks, { objectMode: true }), all);
      const bytes = Buffer.concat(chunks);
      expect(Buffer.concat(image?.parts ?? []).toString()).toBe(bytes.toString('base64'));
      expect(image?.byteLength).toBe(bytes.length);
    }),
  );
});

test('B-071 reads streams of strings', async () => {
  const image = await readBase64(Readable.from(['<svg>é', '</svg>']), all);
  expect(Buffer.concat(image?.parts ?? []).toString()).toBe(Buffer.from('<svg>é</svg>').toString('base64'));
});

test('W-31 a stream that is refused is destroyed at once', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1_000);
    })(),
  );
  expect(await readBase64(endless, (byteLength) => byteLength <= 10_000)).toBeUndefined();
  expect(endless.destroyed).toBe(true);
});
