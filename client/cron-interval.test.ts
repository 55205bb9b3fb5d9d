import { shortestIntervalMinutes } from './cron-interval';

test.each([
  ['*/15 * * * *', 15],
  ['0 * * * *', 60],
  ['*/7 * * * *', 4], // 56 to the full hour
  ['0 9-17 * * 1-5', 60],
  ['0 2 * * *', 1440],
  ['30 1,13 * * *', 720],
  ['5,10 4 1 * *', 5],
  ['10/20 * * * *', 20],
  ['* * * * *', 1],
  ['0 0 1 JAN *', 1440],
])('%s starts every %i minutes at most', (cron, minutes) => {
  expect(shortestIntervalMinutes(cron)).toBe(minutes);
});
