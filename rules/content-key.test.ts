import * as fc from 'fast-check';
import { contentKey, itemKeyOf, partialKey } from './content-key';
import { parseSpaceExternalId, rootExternalId, spaceExternalId } from './external-id';
import { itemKey, parseItemKey } from './item';

const SPACE = { tenant: 'acme', spaceId: '98308', spaceKey: 'ENG' };

test('B-001 the partial key is tenant, space id and space key', () => {
  expect(partialKey(SPACE, false)).toBe('acme/98308_ENG');
});

test('B-002 the older format leaves the tenant out', () => {
  expect(partialKey(SPACE, true)).toBe('98308_ENG');
});

test('B-003 B-004 content keys are the partial key and the item key', () => {
  expect(contentKey(partialKey(SPACE, false), itemKey('12'))).toBe('acme/98308_ENG/12');
  expect(contentKey(partialKey(SPACE, false), itemKey('12', 'att7'))).toBe('acme/98308_ENG/12::att7');
});

test('B-011 a space key that begins like another one never shares its contents', () => {
  expect(itemKeyOf('acme/1_ENG', 'acme/1_ENGX/12')).toBeUndefined();
  expect(itemKeyOf('acme/1_ENG', 'acme/1_ENG/12')).toBe('12');
});

test('item keys come apart as they were put together', () => {
  const ids = fc.stringMatching(/^[0-9]{1,12}$/);
  fc.assert(
    fc.property(ids, fc.option(fc.stringMatching(/^(att)?[0-9]{1,9}$/), { nil: undefined }), (pageId, attachmentId) => {
      expect(parseItemKey(itemKey(pageId, attachmentId))).toEqual({
        pageId,
        ...(attachmentId === undefined ? {} : { attachmentId }),
      });
    }),
  );
});

test('B-006 B-009 external ids of spaces come apart as they were put together', () => {
  expect(spaceExternalId(SPACE)).toBe('confc:acme:98308:ENG');
  const part = fc.stringMatching(/^[^:]{1,20}$/);
  fc.assert(
    fc.property(part, part, part, (tenant, spaceId, spaceKey) => {
      expect(parseSpaceExternalId(spaceExternalId({ tenant, spaceId, spaceKey }))).toEqual({
        tenant,
        spaceId,
        spaceKey,
      });
    }),
  );
});

test.each([undefined, null, '', 'confc:', 'other:a:b:c', 'confc:a:b', 'confc:a:b:c:d', 'confc::b:c'])(
  'B-007 %p is no external id of a space',
  (text) => {
    expect(parseSpaceExternalId(text)).toBeUndefined();
  },
);

test('B-008 the root is marked with the instance', () => {
  expect(rootExternalId('cloud', 'c-1')).toBe('confc:cloud:c-1');
  expect(rootExternalId('data-center', 'd-1')).toBe('confc:data-center:d-1');
});
