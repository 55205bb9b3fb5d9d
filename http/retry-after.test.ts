import fc from 'fast-check';
import { MAX_RETRY_AFTER_MS, retryAfterMs } from './retry-after';

const NOW = Date.parse('2026-11-24T10:00:00.000Z');

describe('How long a server asks to wait', () => {
  const cases: readonly [string, Record<string, string>, number | undefined][] = [
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['seconds with white space', { 'retry-after': ' 7 ' }, 7_000],
    ['a fraction of a second', { 'retry-after': '0.25' }, 250],
    ['zero, which must not become a hot loop', { 'retry-after': '0' }, undefined],
    ['nothing', {}, undefined],
    ['an empty text', { 'retry-after': '' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['a word', { 'retry-after': 'soon' }, undefined],
    ['a word with a number in it', { 'retry-after': 'apples 5' }, undefined],
    ['an exponent', { 'retry-after': '1e3' }, undefined],
    ['more than an hour', { 'retry-after': '86400' }, MAX_RETRY_AFTER_MS],
    ['a number too long for any clock', { 'retry-after': '99999999999999999999' }, undefined],
    ['a date', { 'retry-after': 'Tue, 24 Nov 2026 10:00:20 GMT' }, 20_000],
    ['a date in RFC 850 form', { 'retry-after': 'Tuesday, 24-Nov-26 10:00:20 GMT' }, 20_000],
    ['a date in asctime form', { 'retry-after': 'Tue Nov 24 10:00:20 2026' }, 20_000],
    ['a date that is past', { 'retry-after': 'Tue, 24 Nov 2026 09:59:59 GMT' }, undefined],
    ['a date that does not exist', { 'retry-after': 'Tue, 99 Nov 2026 10:00:20 GMT' }, undefined],
    ['a reset', { 'x-ratelimit-reset': '2026-11-24T10:00:40Z' }, 40_000],
    ['a reset with an offset', { 'x-ratelimit-reset': '2026-11-24T11:00:40.000+01:00' }, 40_000],
    ['a reset that is past', { 'x-ratelimit-reset': '2026-11-24T09:00:00Z' }, undefined],
    ['a reset that is no date', { 'x-ratelimit-reset': '1764000000' }, undefined],
    ['both', { 'retry-after': '3', 'x-ratelimit-reset': '2026-11-24T10:00:40Z' }, 3_000],
    ['zero and a reset', { 'retry-after': '0', 'x-ratelimit-reset': '2026-11-24T10:00:40Z' }, 40_000],
  ];
  test.each(cases)('%s', (_name, headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected);
  });

  test('a date counts from the clock of the server that wrote it', () => {
    const headers = { 'retry-after': 'Tue, 24 Nov 2026 12:00:20 GMT', date: 'Tue, 24 Nov 2026 12:00:00 GMT' };
    expect(retryAfterMs(headers, NOW)).toBe(20_000);
  });

  test('is never zero, negative, infinite or above an hour, whatever the headers say', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((at) => at.toUTCString()),
    );
    fc.assert(
      fc.property(value, value, value, (retryAfter, reset, date) => {
        const ms = retryAfterMs({ 'retry-after': retryAfter, 'x-ratelimit-reset': reset, date }, NOW);
        return ms === undefined || (ms > 0 && ms <= MAX_RETRY_AFTER_MS);
      }),
      { numRuns: 2_000 },
    );
  });
});
