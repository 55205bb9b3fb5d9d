import { type Budget, BudgetPausedError, createBudget, createMemoryBudgetLedger } from './budget';

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

const create = (requestsPerMinute: number, ledger = createMemoryBudgetLedger()) =>
  createBudget({ requestsPerMinute, ledger, target: 'site' });

/** Sends through the budget and notes when, relative to now. */
function send(budget: Budget, count: number): readonly number[] {
  const start = Date.now();
  const sentAt: number[] = [];
  for (let i = 0; i < count; i++) void budget.take().then(() => sentAt.push(Date.now() - start));
  return sentAt;
}

/** The most that were sent within any stretch of time. */
function densest(sentAt: readonly number[], windowMs: number): number {
  return Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + windowMs).length));
}

describe('A budget', () => {
  test('spaces requests evenly, however many wait', async () => {
    const sentAt = send(create(60), 5);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sentAt).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  test('sends a whole minute’s worth in a minute and no more', async () => {
    const sentAt = send(create(6_000), 20_000);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sentAt.length).toBeGreaterThanOrEqual(5_990);
    expect(sentAt.length).toBeLessThanOrEqual(6_010);
    expect(densest(sentAt.slice(0, 1_000), 1_000)).toBeLessThanOrEqual(102);
  });

  test('W-43 makes up for nothing after a rest', async () => {
    const budget = create(600);
    send(budget, 100);
    await jest.advanceTimersByTimeAsync(600_000);
    const sentAt = send(budget, 100);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(densest(sentAt, 1)).toBeLessThanOrEqual(3);
    expect(sentAt).toHaveLength(100);
  });

  test('W-43 W-44 keeps to 110 in any ten seconds at 600 a minute, from three processes that come and go', async () => {
    const ledger = createMemoryBudgetLedger();
    const budgets = [create(600, ledger), create(600, ledger), create(600, ledger)];
    const sent = [];
    for (let round = 0; round < 60; round++) {
      // Bursts of some, while the others rest for longer than they reserve ahead.
      const start = Date.now();
      const sentAt = budgets.map((budget, n) => send(budget, (round + n) % 3 === 0 ? 25 : n));
      await jest.advanceTimersByTimeAsync(500 + (round % 7) * 500);
      sent.push(() => sentAt.flat().map((at) => at + start));
    }
    await jest.advanceTimersByTimeAsync(300_000);
    const all = sent.flatMap((times) => times());
    expect(all.length).toBeGreaterThan(600);
    expect(densest(all, 10_000)).toBeLessThanOrEqual(104);
  });

  test('wastes nothing of the target when two processes share it', async () => {
    const ledger = createMemoryBudgetLedger();
    const [one, other] = [send(create(600, ledger), 1_000), send(create(600, ledger), 1_000)];
    await jest.advanceTimersByTimeAsync(60_000);
    const sent = one.length + other.length;
    expect(sent).toBeGreaterThanOrEqual(575);
    expect(sent).toBeLessThanOrEqual(605);
    expect(Math.abs(one.length - other.length)).toBeLessThanOrEqual(60);
  });

  test('leaves a second process its turn while the first asks only now and then', async () => {
    const ledger = createMemoryBudgetLedger();
    const seldom = create(600, ledger);
    const busy = send(create(600, ledger), 10_000);
    for (let i = 0; i < 20; i++) {
      send(seldom, 1);
      await jest.advanceTimersByTimeAsync(3_000);
    }
    expect(busy.length).toBeGreaterThanOrEqual(550);
  });

  test('keeps targets apart', async () => {
    const ledger = createMemoryBudgetLedger();
    const site = send(createBudget({ requestsPerMinute: 60, ledger, target: 'a' }), 1);
    const other = send(createBudget({ requestsPerMinute: 60, ledger, target: 'b' }), 1);
    await jest.advanceTimersByTimeAsync(0);
    expect([site, other]).toEqual([[0], [0]]);
  });

  test('W-41 W-44 pauses everybody at once until the moment told, and has no burst after it', async () => {
    const ledger = createMemoryBudgetLedger();
    const budget = create(600, ledger);
    const others = send(create(600, ledger), 200);
    const ours = send(budget, 200);
    await jest.advanceTimersByTimeAsync(1_000);
    await budget.pauseUntil(Date.now() + 20_000);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(ours.filter((at) => at > 1_000 && at < 21_000)).toEqual([]);
    // The other process had reserved times before.
    expect(others.filter((at) => at > 1_100 && at < 21_000)).toEqual([]);
    expect(
      densest(
        [...ours, ...others].filter((at) => at >= 21_000),
        1_000,
      ),
    ).toBeLessThanOrEqual(11);
  });

  test('has no burst after a short pause either', async () => {
    const budget = create(600);
    const sentAt = send(budget, 60);
    await jest.advanceTimersByTimeAsync(50);
    await budget.pauseUntil(Date.now() + 1_500);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(densest(sentAt, 500)).toBeLessThanOrEqual(6);
    expect(sentAt).toHaveLength(60);
  });

  test('never shortens a pause', async () => {
    const budget = create(60_000);
    await budget.pauseUntil(Date.now() + 10_000);
    await budget.pauseUntil(Date.now() + 1_000);
    const sentAt = send(budget, 1);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(sentAt).toEqual([10_000]);
  });

  test('does not let callers hang in a long pause, but tells them how long it is', async () => {
    const budget = create(60);
    await budget.pauseUntil(Date.now() + 600_000);
    const error = await budget.take().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BudgetPausedError);
    expect((error as BudgetPausedError).retryAfterMs).toBe(600_000);
    await jest.advanceTimersByTimeAsync(600_000);
    const sentAt = send(budget, 1);
    await jest.advanceTimersByTimeAsync(0);
    expect(sentAt).toEqual([0]);
  });

  test('sends at half its rate while a limit is near', async () => {
    const budget = create(60);
    budget.slowDown(Date.now() + 60_000);
    const sentAt = send(budget, 4);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sentAt).toEqual([0, 2_000, 4_000, 6_000]);
  });

  test('W-41 sends no faster than a hint says, from the next request on', async () => {
    const budget = create(600);
    const sentAt = send(budget, 60);
    await jest.advanceTimersByTimeAsync(1_000);
    budget.slowDown(Date.now() + 10_000, 1_000);
    await jest.advanceTimersByTimeAsync(30_000);
    const slow = sentAt.filter((at) => at > 1_000 && at <= 11_000);
    expect(slow.length).toBeGreaterThanOrEqual(8);
    expect(slow.length).toBeLessThanOrEqual(11);
    expect(
      densest(
        sentAt.filter((at) => at > 12_000),
        1_000,
      ),
    ).toBeGreaterThanOrEqual(10);
    // A limit that is wider than ours changes nothing.
    budget.slowDown(Date.now() + 10_000, 1);
    const usual = send(budget, 20);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(densest(usual, 1_000)).toBeLessThanOrEqual(11);
  });

  test('gives the turn of a caller who leaves to the next', async () => {
    const budget = create(60);
    const leaving = new AbortController();
    send(budget, 1);
    const left = budget.take(leaving.signal).catch((reason: unknown) => reason);
    const sentAt = send(budget, 1);
    await jest.advanceTimersByTimeAsync(500);
    leaving.abort(new Error('gone'));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await left).toEqual(new Error('gone'));
    expect(sentAt).toEqual([1_000]);
  });

  test('leaves no timer behind when everybody has left', async () => {
    const budget = create(1);
    const leaving = new AbortController();
    send(budget, 1);
    await jest.advanceTimersByTimeAsync(0);
    const left = budget.take(leaving.signal).catch(() => undefined);
    await jest.advanceTimersByTimeAsync(10);
    leaving.abort();
    await left;
    expect(jest.getTimerCount()).toBe(0);
  });

  test('tells every caller when the ledger fails, and goes on when it works again', async () => {
    const ledger = createMemoryBudgetLedger();
    let fails = true;
    const budget = create(60, {
      ...ledger,
      reserve: async (...reservation) => {
        if (fails) throw new Error('no store');
        return ledger.reserve(...reservation);
      },
    });
    await expect(Promise.all([budget.take(), budget.take()])).rejects.toThrow('no store');
    fails = false;
    await expect(budget.take()).resolves.toBeUndefined();
  });

  test('refuses a rate that is none', () => {
    expect(() => create(0)).toThrow(RangeError);
    expect(() => create(Number.NaN)).toThrow(RangeError);
  });
});
