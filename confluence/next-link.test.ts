import fc from 'fast-check';
import { resolveNext, StrayNextLinkError } from './next-link';

const SEARCH = '/wiki/rest/api/content/search';
const V2 = '/wiki/api/v2/pages/123/attachments';

describe('Where a next link leads', () => {
  test.each([
    [
      'v1, without the context',
      SEARCH,
      '/rest/api/content/search?next=true&cursor=_sa_W%3D&cql=x',
      `${SEARCH}?next=true&cursor=_sa_W%3D&cql=x`,
    ],
    ['v1, with it', SEARCH, '/wiki/rest/api/content/search?cursor=a', `${SEARCH}?cursor=a`],
    ['v2', V2, '/wiki/api/v2/pages/123/attachments?limit=250&cursor=eyJ', `${V2}?limit=250&cursor=eyJ`],
    [
      'an absolute one of the site',
      SEARCH,
      'https://acme.atlassian.net/wiki/rest/api/content/search?cursor=a',
      `${SEARCH}?cursor=a`,
    ],
    [
      'an absolute one of the gateway',
      V2,
      `https://api.atlassian.com/ex/confluence/c-1${V2}?cursor=a`,
      `${V2}?cursor=a`,
    ],
    ['a question mark in the cursor', SEARCH, '/rest/api/content/search?cursor=a?b', `${SEARCH}?cursor=a?b`],
    ['nothing', SEARCH, undefined, undefined],
    ['null', SEARCH, null, undefined],
  ])('%s', (_name, expected, next, resolved) => {
    expect(resolveNext(next, expected)).toBe(resolved);
  });

  test.each([
    ['another path', '/rest/api/user?cursor=a'],
    ['the way up', '/rest/api/content/search/../../user?cursor=a'],
    ['another host in disguise', '@evil.example/rest/api/content/search?cursor=a'],
    ['no query', '/rest/api/content/search'],
    ['an empty text', ''],
    ['a number', 5],
    ['an object', {}],
  ])('is refused for %s, because it is not the end either', (_name, next) => {
    expect(() => resolveNext(next, SEARCH)).toThrow(StrayNextLinkError);
  });

  test('B-025 never leaves the listing that was asked for', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.string(), fc.webUrl({ withQueryParameters: true }), fc.webPath()),
        (next) => {
          try {
            const resolved = resolveNext(next, SEARCH);
            return resolved === undefined ? next === undefined || next === null : resolved.startsWith(`${SEARCH}?`);
          } catch (error) {
            return error instanceof StrayNextLinkError;
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
