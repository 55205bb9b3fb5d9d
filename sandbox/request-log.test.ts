import { RequestLog } from './request-log';

it('counts without end and keeps the last ten thousand, oldest first', () => {
  const log = new RequestLog();
  for (let time = 1; time <= 10_005; time += 1) {
    log.add({ time, route: time % 2 ? 'odd' : 'even', method: 'GET', path: '/', status: 200, durationMs: 0 });
  }
  const { entries } = log;

  expect([log.count(), log.count('odd'), log.count('nobody')]).toEqual([10_005, 5003, 0]);
  expect([entries.length, entries[0]?.time, entries.at(-1)?.time]).toEqual([10_000, 6, 10_005]);
  log.reset();
  expect([log.count(), log.entries]).toEqual([0, []]);
});
