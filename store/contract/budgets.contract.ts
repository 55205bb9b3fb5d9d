import { type MakeDatabase, withDatabase } from './database.contract';
import { NOW } from './rows.contract';

const SITE = 'https://wiki.example';
const INTERVAL = 60_000 / 70;

export function describeBudgets(make: MakeDatabase): void {
  describe('a budget', () => {
    const at = withDatabase(make);

    test('spaces send times evenly, lets no unused time be made up for, and starts no sooner than a pause ends', async () => {
      const reserve = async (count: number, later: number) => {
        const { firstAt, count: reserved } = await at.store.budgets.reserve(SITE, count, INTERVAL, NOW + later);
        expect(reserved).toBe(count);
        return firstAt - NOW;
      };
      expect(await reserve(3, 0)).toBe(0);
      expect(await reserve(1, 10)).toBeCloseTo(3 * INTERVAL, 2);
      expect(await reserve(5, 20_000)).toBe(20_000);
      for (const until of [40_000, 30_000]) await at.store.budgets.pause(SITE, NOW + until);
      expect(await reserve(1, 20_001)).toBe(40_000);
      expect(await reserve(2, 20_002)).toBeCloseTo(40_000 + INTERVAL, 2);
      expect(await reserve(1, 90_000)).toBe(90_000);
    });

    test('gives no send time twice, however many workers ask', async () => {
      const reserved = await Promise.all(
        Array.from({ length: 30 }, (_, i) => (i % 2 ? at.store : at.other).budgets.reserve(SITE, 2, 100, NOW)),
      );
      const times = reserved.map(({ firstAt }) => firstAt - NOW).sort((a, b) => a - b);
      expect(times).toEqual(Array.from({ length: 30 }, (_, i) => i * 200));
    });

    test('W-41 W-44 is paused for all, also before the first request, and other targets are not', async () => {
      expect(await at.store.budgets.pausedUntil(SITE)).toBeLessThan(NOW);
      await at.store.budgets.pause(SITE, NOW + 5_000);
      expect(await at.other.budgets.pausedUntil(SITE)).toBe(NOW + 5_000);
      await at.reopen();
      expect((await at.store.budgets.reserve(SITE, 1, 100, NOW)).firstAt).toBe(NOW + 5_000);
      expect((await at.store.budgets.reserve('https://other.example', 1, 100, NOW)).firstAt).toBe(NOW);
    });
  });
}
