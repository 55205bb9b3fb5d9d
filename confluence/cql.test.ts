import fc from 'fast-check';
import { descendantsQuery, idsQuery, InvalidContentIdError, labelQuery } from './cql';

test('the label search names both labels and leaves attachments out', () => {
  expect(labelQuery(['ai-one', 'ai-tree'])).toBe('(label = "ai-one" OR label = "ai-tree") AND type != attachment');
  expect(labelQuery(['same', 'same'], 'ENG')).toBe('(label = "same") AND type != attachment AND space = "ENG"');
});

test('a quote or backslash in a label or space key stays inside its text', () => {
  expect(labelQuery(['a" OR type = "page'], '~x\\')).toBe(
    '(label = "a\\" OR type = \\"page") AND type != attachment AND space = "~x\\\\"',
  );
});

test('no label can leave its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (label) => {
      const text = labelQuery([label]).slice('(label = '.length, -') AND type != attachment'.length);
      // Without escaped characters nothing but the two outer quotes is left.
      return /^"[^"]*"$/s.test(text.replace(/\\[\\"]/g, ''));
    }),
  );
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
