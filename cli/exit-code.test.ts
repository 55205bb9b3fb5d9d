import { exitCodeOf } from './exit-code';

test.each([
  ['succeeded', 0],
  ['partial', 3],
  ['blocked', 3],
  ['skipped', 3],
  ['cancelled', 1],
  ['failed', 1],
] as const)('a sync that is %s ends with %i', (outcome, code) => {
  expect(exitCodeOf(outcome)).toBe(code);
});
