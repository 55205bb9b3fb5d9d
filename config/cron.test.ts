import { parseCron } from './cron';

describe('parseCron', () => {
  it.each([
    ['*/15 * * * *', '*/15 * * * *'],
    ['  0   3 *  * * ', '0 3 * * *'],
    ['0,15,30 8-18 * * MON-FRI', '0,15,30 8-18 * * MON-FRI'],
    ['5-10/3 * * * *', '5-10/3 * * * *'],
    ['5/15 * * * *', '5/15 * * * *'],
    ['00 06 * * *', '00 06 * * *'],
    ['0 0 * * 7', '0 0 * * 7'],
    ['0 0 * * 5-7', '0 0 * * 5-7'],
    ['0 0 1 jan,JUL *', '0 0 1 jan,JUL *'],
    ['0 0 29 2 *', '0 0 29 2 *'],
    ['0 0 31 */2 *', '0 0 31 */2 *'],
    ['0 0 */2 * MON', '0 0 */2 * MON'],
  ])('accepts %j without a warning', (text, expression) => {
    expect(parseCron(text)).toEqual({ expression, warnings: [] });
  });

  it('drops the leading 0 of six fields and says so, because Temporal would take the last one for the year', () => {
    const warnings = [expect.stringContaining('the leading 0 (seconds) is dropped')];
    expect(parseCron('0 */15 * * * *')).toEqual({ expression: '*/15 * * * *', warnings });
  });

  it.each([
    ['*/90 * * * *', 'never gets beyond 59'],
    ['0 0 13 * 5', 'match both'],
    ['0 0 1-7 * MON', 'match both'],
  ])('accepts %j and warns', (text, warning) => {
    expect(parseCron(text)).toEqual({ expression: text, warnings: [expect.stringContaining(warning)] });
  });

  // Refused by Temporal's server 1.32 too, apart from the short forms, six fields and 30 February.
  it.each([
    ['', 'there are 1'],
    ['* * * *', 'there are 4'],
    ['* * * * * * *', 'there are 7'],
    ['15 */2 * * * *', 'year last'],
    ['*/10 * * * * *', 'year last'],
    ['@hourly', 'short form'],
    ['@every 10m', 'short form'],
    ['60 * * * *', '0 to 59,'],
    ['0 24 * * *', '0 to 23,'],
    ['0 0 0 * *', '1 to 31,'],
    ['0 0 * 13 *', '1 to 12 or names like JAN'],
    ['0 0 * * 8', '0 to 7 or names like SUN'],
    ['0 22-2 * * *', 'as two'],
    ['*/0 * * * *', 'step of 1 or more'],
    ['? * * * *', 'Write * instead of ?'],
    ['0 0 L * *', '"L" is none of them'],
    ['0 0 15W * *', '"15W" is none of them'],
    ['0 0 * * 5#2', '"5#2" is none of them'],
    ['1,,2 * * * *', '"" is none of them'],
    ['-5 * * * *', '"-5" is none of them'],
    ['1.5 * * * *', '"1.5" is none of them'],
    ['CRON_TZ=UTC 0 3 * * *', 'year last'],
    ['0 0 30 2 *', 'date that exists'],
    ['0 0 31 4,6 *', 'date that exists'],
    ['every quarter of an hour', 'Write 0 to 59'],
  ])('refuses %j and says what to write', (text, remedy) => {
    expect(parseCron(text)).toEqual({ refusal: expect.stringContaining(remedy) });
  });
});
