import { removalSetText, spaceGuard, tenantGuard } from './guard';

const LIMITS = { maxShare: 30, minItems: 5 };
const NO_SPACES = { done: 0, planned: 0, stored: 4 };

test.each([
  ['B-085: nothing planned', { done: 90, planned: 0, stored: 100 }, false],
  ['few, though all', { done: 0, planned: 5, stored: 5 }, false],
  ['W-15: a whole space', { done: 0, planned: 6, stored: 6 }, true],
  ['exactly the share', { done: 0, planned: 30, stored: 100 }, false],
  ['W-10: more than the share', { done: 0, planned: 31, stored: 100 }, true],
  ['W-10: in small portions within a day', { done: 29, planned: 2, stored: 100 }, true],
  ['a space that nothing was stored in', { done: 0, planned: 6, stored: 0 }, true],
])('of a space, %s', (_name, counts, isBlocked) => {
  expect(spaceGuard(counts, LIMITS) !== undefined).toBe(isBlocked);
});

test.each([
  ['few of many', { done: 0, planned: 20, stored: 100 }, NO_SPACES, false],
  ['W-08: a tenth in portions', { done: 15, planned: 6, stored: 200 }, NO_SPACES, true],
  ['one space of many', { done: 0, planned: 3, stored: 1000 }, { done: 0, planned: 1, stored: 100 }, false],
  ['W-08: two small spaces of ten', { done: 0, planned: 3, stored: 1000 }, { done: 1, planned: 1, stored: 10 }, true],
  ['two spaces of a hundred', { done: 0, planned: 3, stored: 1000 }, { done: 1, planned: 1, stored: 100 }, false],
])('of a tenant, %s', (_name, items, spaces, isBlocked) => {
  expect(tenantGuard(items, spaces) !== undefined).toBe(isBlocked);
});

test('B-088 W-10 more removals never unblock, and new contents never excuse any', () => {
  for (let planned = 1; planned <= 60; planned++) {
    for (const stored of [0, 6, 20, 100]) {
      if (spaceGuard({ done: 0, planned, stored }, LIMITS) === undefined) continue;
      expect(spaceGuard({ done: 0, planned: planned + 1, stored }, LIMITS)).toBeDefined();
      expect(spaceGuard({ done: 1, planned, stored }, LIMITS)).toBeDefined();
    }
  }
});

test('a set of removals has one name, whatever the order, and another set or space has another', () => {
  expect(removalSetText('ENG', ['2', '1', '2'])).toBe(removalSetText('ENG', ['1', '2']));
  expect(removalSetText('ENG', ['1'])).not.toBe(removalSetText('ENG', ['1', '2']));
  expect(removalSetText('OPS', ['1'])).not.toBe(removalSetText('ENG', ['1']));
});
