import { exactTimeZone } from './time-zone';

describe('exactTimeZone', () => {
  it.each([
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['US/Pacific', 'America/Los_Angeles'],
  ])('spells %s as the server wants it: %s', (name, exact) => {
    expect(exactTimeZone(name)).toBe(exact);
  });

  it.each(['', 'Mars/Olympus', '+02:00', 'UTC+2', 'Europe/Berlin '])('knows no zone %j', (name) => {
    expect(exactTimeZone(name)).toBeUndefined();
  });
});
