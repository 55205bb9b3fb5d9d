import fc from 'fast-check';
import { descendantsQuery, idsQuery, InvalidContentIdError, labelQuery, partsOfRoots } from './cql';

test('the label search names both labels and leaves attachments out', () => {
  expect(labelQuery(['ai-one', 'ai-tree'])).toBe('(label = "ai-one" OR label = "ai-tree") AND type != attachment');
  expect(labelQuery(['same', 'same'], 'ENG')).toBe('(label = "same") AND type != attachment AND space = "ENG"');
});

test('a quote or backslash in a label or space key stays inside its text', () => {
  expect(labelQuery(['a" OR type = "page'], '~x\\')).toBe(
    '(label = "a\\" OR type = \\"page") AND type != attachment AND space = "~x\\\\"',
  );
});

test('W-52 no label can leave its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (label) => {
      const text = labelQuery([label]).slice('(label = '.length, -') AND type != attachment'.length);
      // Without escaped characters nothing but the two outer quotes is left.
      return /^"[^"]*"$/s.test(text.replace(/\\[\\"]/g, ''));
    }),
  );
});

test('B-033 roots are cut into searches by their number and by the length of the address', () => {
  const ids = (digits: number) => Array.from({ length: 250 }, (_, i) => String(i).padStart(digits, '1'));
  expect(partsOfRoots(ids(8)).map(({ length }) => length)).toEqual([100, 100, 50]);
  for (const digits of [8, 19, 60]) {
    const parts = partsOfRoots(ids(digits));
    expect(parts.flat()).toEqual(ids(digits));
    for (const part of parts) expect(encodeURIComponent(descendantsQuery(part)).length).toBeLessThanOrEqual(4_000);
  }
  expect(partsOfRoots([])).toEqual([]);
});

test('descendants and pages are asked for by id', () => {
  expect(descendantsQuery(['1', '23'])).toBe('ancestor IN (1,23) AND type != attachment');
  expect(idsQuery(['7'])).toBe('id IN (7)');
});

test('what is no id reaches no query', () => {
  for (const id of ['', 'att5', '1) OR (1', '１', '-1']) expect(() => idsQuery([id])).toThrow(InvalidContentIdError);
  expect(() => idsQuery([])).toThrow(InvalidContentIdError);
  expect(() => descendantsQuery(Array.from({ length: 101 }, (_, i) => String(i)))).toThrow(RangeError);
});
