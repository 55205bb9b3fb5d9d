import * as fc from 'fast-check';
import {
  addTotals,
  emptyReport,
  mergeRounds,
  NO_ITEMS,
  type Outcome,
  spaceOutcome,
  tenantOutcome,
  type TenantReport,
} from './report';

const OUTCOMES: readonly Outcome[] = ['succeeded', 'blocked', 'partial', 'cancelled', 'failed', 'skipped'];

test.each<[Outcome, readonly Outcome[], boolean]>([
  ['succeeded', [], false],
  ['succeeded', ['succeeded', 'succeeded'], false],
  ['blocked', ['succeeded', 'blocked'], false],
  ['partial', ['succeeded', 'skipped'], false],
  ['partial', ['blocked', 'partial'], false],
  ['partial', ['succeeded', 'failed'], false],
  ['failed', ['failed', 'failed'], false],
  ['failed', ['failed'], true],
  ['cancelled', ['succeeded', 'partial'], true],
])('a tenant is %s when its spaces are %p (cancelled: %p)', (outcome, spaces, cancelled) => {
  expect(tenantOutcome(spaces, cancelled)).toBe(outcome);
});

test('the order of spaces makes no difference', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...OUTCOMES)), fc.boolean(), (spaces, cancelled) => {
      expect(tenantOutcome([...spaces].reverse(), cancelled)).toBe(tenantOutcome(spaces, cancelled));
    }),
  );
});

test('W-01 a failed item makes its space partial, never a success', () => {
  expect(spaceOutcome({ ...NO_ITEMS, failed: 1, new: 99 }, false)).toBe('partial');
  expect(spaceOutcome({ ...NO_ITEMS, failed: 1 }, true)).toBe('partial');
  expect(spaceOutcome(NO_ITEMS, true)).toBe('blocked');
});

test('totals add field by field', () => {
  const one = { ...NO_ITEMS, discovered: 3, new: 2, held: 1 };
  expect(addTotals(one, one)).toEqual({ ...NO_ITEMS, discovered: 6, new: 4, held: 2 });
});

test('a second round keeps what the first one did', () => {
  const round = (totals: Partial<TenantReport['totals']>): TenantReport => ({
    ...emptyReport('acme', 'sync/acme', 'r', 'succeeded', '2026-01-01T00:00:00Z', ''),
    totals: { ...NO_ITEMS, ...totals },
  });
  const merged = mergeRounds(round({ discovered: 10, new: 10 }), round({ discovered: 11, new: 1, unchanged: 10 }));
  expect(merged.totals).toEqual({ ...NO_ITEMS, discovered: 11, new: 11 });
});
