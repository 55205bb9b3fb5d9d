import { effectiveVersion } from './effective-version';

const logo = { id: 'att1', version: 2 };
const chart = { id: 'att10', version: 1 };

test('W-04 a replaced image moves the version of its page', () => {
  expect(effectiveVersion(7, [{ ...logo, version: 3 }, chart])).not.toBe(effectiveVersion(7, [logo, chart]));
});

test('W-04 an added or removed image moves the version of its page', () => {
  expect(effectiveVersion(7, [logo])).not.toBe(effectiveVersion(7, [logo, chart]));
  expect(effectiveVersion(7, [])).not.toBe(effectiveVersion(7, [logo]));
});

test('W-04 a page with an image that failed differs from the complete one, so the next run tries again', () => {
  expect(effectiveVersion(7, [logo], false)).not.toBe(effectiveVersion(7, [logo]));
  expect(effectiveVersion(7, [], false)).not.toBe(effectiveVersion(7, []));
});

test('neither the order of a listing nor rows listed twice matter', () => {
  expect(effectiveVersion(7, [chart, logo, chart])).toBe(effectiveVersion(7, [logo, chart]));
});

test('the page has its plain version where it has no images', () => {
  expect(effectiveVersion(7, [])).toBe(7);
});

test('numbers that only look alike side by side are told apart', () => {
  expect(effectiveVersion(1, [{ id: 'att1', version: 12 }])).not.toBe(
    effectiveVersion(1, [{ id: 'att11', version: 2 }]),
  );
});
