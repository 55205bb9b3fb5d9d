import fc from 'fast-check';
import { rateHint } from './rate-hint';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const hint = (headers: Record<string, string>) => rateHint(headers, NOW);

const bucket = (remaining: string, more: Record<string, string> = {}) => ({
  'x-ratelimit-limit': '20',
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-fillrate': '5',
  'x-ratelimit-interval-seconds': '2',
  ...more,
});

describe('W-41 an answer says that a limit is near', () => {
  test('by Data Center’s bucket: then no faster than it is filled', () => {
    expect(hint(bucket('4'))).toBeUndefined();
    expect(hint(bucket('3'))).toEqual({ intervalMs: 400 });
    expect(hint(bucket('0', { 'retry-after': '0' }))).toEqual({ intervalMs: 400 });
    expect(hint(bucket('0', { 'retry-after': '2' }))).toEqual({ intervalMs: 2_000 });
    expect(hint(bucket('0', { 'retry-after': '600' }))).toEqual({ intervalMs: 10_000 });
    expect(hint({ ...bucket('3'), 'x-ratelimit-fillrate': '0' })).toBeUndefined();
  });

  test('by Cloud’s headers: then what is left lasts until the quota begins anew', () => {
    const near = { 'x-ratelimit-nearlimit': 'true' };
    expect(hint({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '2026-03-02T11:00:00Z' })).toBeUndefined();
    expect(hint(near)).toEqual({});
    expect(hint({ ...near, 'x-ratelimit-remaining': '6500', 'x-ratelimit-reset': 'soon' })).toEqual({});
    const reset = { ...near, 'x-ratelimit-reset': '2026-03-02T10:10:00Z' };
    expect(hint({ ...reset, 'x-ratelimit-remaining': '1200' })).toEqual({ intervalMs: 500 });
    // The server's clock counts.
    const late = { ...reset, date: 'Mon, 02 Mar 2026 10:09:00 GMT', 'x-ratelimit-remaining': '1200' };
    expect(hint(late)).toEqual({ intervalMs: 50 });
    expect(hint({ ...reset, 'x-ratelimit-remaining': '0' })).toEqual({ intervalMs: 10_000 });
  });

  test('by Cloud’s newer headers', () => {
    const policy = { 'beta-ratelimit-policy': '"global-app-quota";q=65000;w=3600' };
    expect(hint({ ...policy, 'beta-ratelimit': '"global-app-quota";r=13000;t=600' })).toBeUndefined();
    expect(hint({ ...policy, 'beta-ratelimit': '"global-app-quota";r=1200;t=600' })).toEqual({ intervalMs: 500 });
    expect(hint({ ...policy, 'beta-ratelimit': '"global-app-quota";r=13;t=600' })).toEqual({ intervalMs: 10_000 });
  });

  test('and never makes a rate of nonsense', () => {
    const names = Object.keys({
      ...bucket('1'),
      'x-ratelimit-reset': '',
      'x-ratelimit-nearlimit': '',
      'retry-after': '',
    });
    const values = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom('true', '0', '1e9', '2026-03-02T11:00Z'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names, 'beta-ratelimit', 'date'), values), (headers) => {
        const intervalMs = hint(headers)?.intervalMs;
        expect(intervalMs === undefined || (intervalMs >= 0 && intervalMs <= 10_000)).toBe(true);
      }),
    );
  });
});
