import { isWantedAttachment, normalizeMimeType } from './attachment-filter';

const RULES = { allowedMimeTypes: ['application/pdf', 'image/png'], maxFileSizeBytes: 1_000 };
const FILE = { mediaType: 'application/pdf', fileSize: 10 };

test.each([
  ['an allowed type', FILE, true],
  ['exactly the size limit', { ...FILE, fileSize: 1_000 }, true],
  ['one byte too many', { ...FILE, fileSize: 1_001 }, false],
  ['another type', { ...FILE, mediaType: 'application/octet-stream' }, false],
  ['a type in capitals with parameters', { ...FILE, mediaType: ' Image/PNG ; charset=utf-8' }, true],
  ['no type', { fileSize: 10 }, false],
  ['no bytes', { ...FILE, fileSize: 0 }, false],
  ['an unknown size, which its download will tell', { mediaType: 'application/pdf' }, true],
])('B-038 judges %s', (_name, file, wanted) => {
  expect(isWantedAttachment(file, RULES)).toBe(wanted);
});

test('B-038 a type is compared without parameters, blanks and capitals', () => {
  expect(normalizeMimeType('Text/HTML; charset=utf-8')).toBe('text/html');
});
