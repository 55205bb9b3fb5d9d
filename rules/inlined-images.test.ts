import { INLINED_BYTES_A_PAGE, inlinedImages } from './inlined-images';

const RULES = { allowedMimeTypes: ['image/png', 'application/pdf'], maxFileSizeBytes: INLINED_BYTES_A_PAGE };
const image = (id: string, fileSize?: number, mediaType = 'image/png') => ({
  id,
  mediaType,
  ...(fileSize === undefined ? {} : { fileSize }),
});
const idsOf = (...attachments: ReturnType<typeof image>[]) => inlinedImages(attachments, RULES).map(({ id }) => id);

test('B-061 wanted images become part of their page, nothing else does', () => {
  expect(idsOf(image('att1', 10), image('att2', 10, 'application/pdf'), image('att3', 10, 'image/gif'))).toEqual([
    'att1',
  ]);
});

test('W-31 what a page has no room for stays a content of its own; older images keep their place', () => {
  const half = INLINED_BYTES_A_PAGE / 2;
  expect(idsOf(image('att10', half), image('att9', half))).toEqual(['att9', 'att10']);
  expect(idsOf(image('att11', 1), image('att10', half), image('att9', half))).toEqual(['att9', 'att10']);
  expect(idsOf(image('att8', half), image('att10', half), image('att9', half), image('att11', 0))).toEqual([
    'att8',
    'att9',
  ]);
});

test('W-31 an image whose size nobody says stays alone', () => {
  expect(idsOf(image('att1'))).toEqual([]);
});

test('a listing in another order gives the same images', () => {
  const images = [image('att1', INLINED_BYTES_A_PAGE), image('att2', 5), image('att3', 7)];
  expect(idsOf(...images)).toEqual(idsOf(...[...images].reverse()));
});
