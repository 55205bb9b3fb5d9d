const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/**
 * Shortest time between two starts of a cron expression of five fields, in minutes; days, months and weekdays can only
 * make it longer and are not looked at, so one start a day counts as 24 hours.
 *
 * @param cron as the tenant file was checked: `*`, numbers, ranges, lists and steps
 */
export function shortestIntervalMinutes(cron: string): number {
  const [minutes = '*', hours = '*'] = cron.trim().split(/\s+/);
  const starts = fieldValues(hours, 23).flatMap((hour) =>
    fieldValues(minutes, 59).map((minute) => hour * HOUR_MINUTES + minute),
  );
  const sorted = [...new Set(starts)].sort((a, b) => a - b);
  const gaps = sorted.map((start, index) => (sorted[index + 1] ?? (sorted[0] ?? 0) + DAY_MINUTES) - start);
  return Math.min(DAY_MINUTES, ...gaps);
}

function fieldValues(field: string, max: number): number[] {
  return field.split(',').flatMap((item) => {
    const [range = '*', step] = item.split('/');
    const [first, last] = range === '*' ? [0, max] : range.split('-').map(Number);
    const from = first ?? 0;
    // `5/15` counts on to the end of the field, `5` alone is just 5.
    const to = last ?? (step === undefined ? from : max);
    const values: number[] = [];
    for (let value = from; value <= to; value += Number(step ?? 1)) values.push(value);
    return values;
  });
}
