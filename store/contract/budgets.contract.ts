import { createMemoryBudgetLedger } from '../../http/budget';
import { type MakeDatabase, withDatabase } from './database.contract';
import { NOW } from './rows.contract';

const SITE = 'https://wiki.example';
const INTERVAL = 60_000 / 70;

export function describeBudgets(make: MakeDatabase): void {
  describe('a budget', () => {
    const at = withDatabase(make);

    test('answers as the one in memory does', async () => {
      const memory = createMemoryBudgetLedger();
      const steps = [
        [3, 0],
        [1, 10],
        [5, 20_000],
        [1, 20_001],
        [2, 90_000],
      ] as const;
      for (const [count, later] of steps) {
        const asked = [SITE, count, INTERVAL, NOW + later] as const;
        expect(await at.store.budgets.reserve(...asked)).toEqual(await memory.reserve(...asked));
        if (count !== 5) continue;
        for (const until of [NOW + 40_000, NOW + 30_000]) {
          await at.store.budgets.pause(SITE, until);
          await memory.pause(SITE, until);
        }
      }
    });

    test('gives no send time twice, however many workers ask', async () => {
      const reserved = await Promise.all(
        Array.from({ length: 30 }, (_, i) => (i % 2 ? at.store : at.other).budgets.reserve(SITE, 2, 100, NOW)),
      );
      const times = reserved.map(({ firstAt }) => firstAt - NOW).sort((a, b) => a - b);
      expect(times).toEqual(Array.from({ length: 30 }, (_, i) => i * 200));
    });

    test('is paused for all, also before the first request, and other targets are not', async () => {
      await at.store.budgets.pause(SITE, NOW + 5_000);
      await at.reopen();
      expect((await at.store.budgets.reserve(SITE, 1, 100, NOW)).firstAt).toBe(NOW + 5_000);
      expect((await at.store.budgets.reserve('https://other.example', 1, 100, NOW)).firstAt).toBe(NOW);
    });
  });
}
