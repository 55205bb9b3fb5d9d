import fc from 'fast-check';
import { parseGraphqlErrors } from './graphql-error';

describe('the errors of a GraphQL answer', () => {
  test.each([
    ['a code', { code: 'UNAUTHENTICATED' }, 401],
    ['a code', { code: 'FORBIDDEN' }, 403],
    ['a number as code', { code: '429' }, 429],
    ['the original error of NestJS', { code: 'INTERNAL_SERVER_ERROR', originalError: { statusCode: 503 } }, 503],
    ['the hint for HTTP of Apollo', { http: { status: 400 } }, 400],
    ['a plain status', { status: 404 }, 404],
  ])('tell their status by %s', (_, extensions, status) => {
    expect(parseGraphqlErrors([{ message: 'x', extensions }])).toEqual([expect.objectContaining({ status })]);
  });

  it('have no status where none is told', () => {
    expect(parseGraphqlErrors([{ message: 'x', extensions: { code: 'BAD_USER_INPUT' } }])).toEqual([
      { message: 'x', code: 'BAD_USER_INPUT' },
    ]);
  });

  it('belong to the field that their path begins with', () => {
    expect(parseGraphqlErrors([{ message: 'x', path: ['c3', 'readUrl'] }])).toEqual([{ message: 'x', field: 'c3' }]);
  });

  it('are none in an answer without them', () => {
    expect([undefined, null, [], {}, 'x'].flatMap(parseGraphqlErrors)).toEqual([]);
  });

  it('are read without failing, whatever they look like', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (errors) => {
        expect(parseGraphqlErrors(errors)).toHaveLength(errors.length);
      }),
    );
  });
});
