import { checkSpaceInput, checkTenantInput, mergeRequests } from './input';

test('W-22 several requests force what any of them forces, and no page more', () => {
  expect(mergeRequests([{ force: true, pages: ['2'] }, {}, { force: true, pages: ['1', '2'] }])).toEqual({
    force: true,
    pages: ['1', '2'],
  });
  expect(
    mergeRequests([
      { force: true, pages: ['2'] },
      { force: true, spaces: ['ENG'] },
    ]),
  ).toEqual({ force: true });
  expect(mergeRequests([{ spaces: ['ENG'] }, { spaces: ['OPS'], force: true, pages: ['1'] }])).toEqual({
    spaces: ['ENG', 'OPS'],
    force: true,
    pages: ['1'],
  });
});

test.each([
  ['without force', { pages: ['1'] }, /needs `force`/],
  ['that are no list', { force: true, pages: '1' }, /list of page ids/],
  ['that are none', { force: true, pages: [] }, /list of page ids/],
  ['that are titles', { force: true, pages: ['Home'] }, /list of page ids/],
  ['beyond counting', { force: true, pages: Array.from({ length: 1_001 }, (_, id) => String(id)) }, /more than 1000/],
])('W-22 pages %s are refused with the reason', (_what, asked, reason) => {
  expect(() => checkTenantInput({ tenant: 'acme', ...asked })).toThrow(reason);
  expect(() => checkSpaceInput({ tenant: 'acme', spaceKey: 'ENG', ...asked })).toThrow(reason);
});

test('W-22 pages with force are taken', () => {
  expect(() => checkTenantInput({ tenant: 'acme', force: true, pages: ['98307'] })).not.toThrow();
});
