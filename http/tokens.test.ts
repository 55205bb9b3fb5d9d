import { createTokenSource } from './tokens';

/** A token endpoint that numbers its tokens, and a clock. */
function setUp(options: { expiresInSeconds?: number; marginMs?: number } = {}) {
  const { expiresInSeconds = 3600, marginMs } = options;
  const state = { now: 0, fetched: 0, fails: false };
  const source = createTokenSource(
    async () => {
      state.fetched += 1;
      await new Promise((resolve) => setImmediate(resolve));
      if (state.fails) throw new Error('refused');
      return { accessToken: `t${state.fetched}`, expiresInSeconds };
    },
    { now: () => state.now, ...(marginMs !== undefined && { marginMs }) },
  );
  return { state, source };
}

describe('A token source', () => {
  test('B-241 asks once for parallel callers', async () => {
    const { source, state } = setUp();
    const headers = await Promise.all(Array.from({ length: 20 }, () => source.authorization()));
    expect(new Set(headers)).toEqual(new Set(['Bearer t1']));
    expect(state.fetched).toBe(1);
  });

  test('B-241 W-35 renews a token five minutes before its end', async () => {
    const { source, state } = setUp();
    await source.authorization();
    state.now = 55 * 60_000 - 1;
    expect(await source.authorization()).toBe('Bearer t1');
    state.now = 55 * 60_000;
    expect(await source.authorization()).toBe('Bearer t2');
  });

  test('uses a short-lived token for half of its life', async () => {
    const { source, state } = setUp({ expiresInSeconds: 60 });
    await source.authorization();
    state.now = 29_999;
    expect(await source.authorization()).toBe('Bearer t1');
    state.now = 30_000;
    expect(await source.authorization()).toBe('Bearer t2');
  });

  test('B-241 keeps a token without an end until it is refused', async () => {
    const source = createTokenSource(async () => ({ accessToken: 'forever' }), { now: () => Number.MAX_SAFE_INTEGER });
    expect(await source.authorization()).toBe('Bearer forever');
    expect(source.expiresAt()).toBeUndefined();
  });

  test('tells when its token ends', async () => {
    const { source, state } = setUp();
    state.now = 1_000;
    expect(source.expiresAt()).toBeUndefined();
    await source.authorization();
    expect(source.expiresAt()).toBe(3_601_000);
  });

  test('B-241 does not keep a failure', async () => {
    const { source, state } = setUp();
    state.fails = true;
    await expect(source.authorization()).rejects.toThrow('refused');
    state.fails = false;
    expect(await source.authorization()).toBe('Bearer t2');
  });

  test('lets a caller leave, and serves the others', async () => {
    const { source, state } = setUp();
    const leaving = new AbortController();
    const left = source.authorization(leaving.signal).catch((reason: unknown) => reason);
    const stays = source.authorization(new AbortController().signal);
    leaving.abort(new Error('gone'));
    expect(await left).toEqual(new Error('gone'));
    expect(await stays).toBe('Bearer t1');
    state.now = 3_600_000;
    expect(await source.authorization(leaving.signal).catch((reason: unknown) => reason)).toEqual(new Error('gone'));
    expect(await source.authorization()).toBe('Bearer t2');
  });

  test('gives one new token for many refusals of the old one', async () => {
    const { source, state } = setUp();
    const old = await source.authorization();
    source.invalidate(old);
    await source.authorization();
    source.invalidate(old);
    expect(await source.authorization()).toBe('Bearer t2');
    expect(state.fetched).toBe(2);
  });
});
