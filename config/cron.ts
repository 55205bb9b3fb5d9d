/*
 * Cron expressions in the dialect of Temporal's server, which alone decides what a Schedule does. Node's cron libraries
 * were no help: they accept what the server refuses (`?`, `L`, ranges over midnight) and read the rest differently.
 */

/** A cron expression that Temporal's server accepts and reads as its author meant it, warnings aside. */
export interface Cron {
  /** Exactly five fields, one space between them. */
  readonly expression: string;
  /** What the author may not expect, as sentences. */
  readonly warnings: readonly string[];
}

/** Why a cron expression cannot be used: a whole sentence that says what to write instead. */
export interface CronRefusal {
  readonly refusal: string;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of the month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of the week', min: 0, max: 7, words: DAYS },
];

/**
 * Reads `processing.scanIntervalCron`.
 *
 * Five fields. Six only with a leading `0`, which is the second of Node's cron libraries and is dropped with a warning:
 * Temporal takes the first of six for the minute and the last for the year, so the expression would mean something else
 * there. Names of months and days are the three-letter ones; Sunday is 0 and 7.
 *
 * @see https://typescript.temporal.io/api/interfaces/client.ScheduleSpec#cronexpressions (read 2026-11-24); which
 * expressions are accepted, and when they fire, was tried on server 1.32.
 */
export function parseCron(text: string): Cron | CronRefusal {
  const parts = text.trim().split(/\s+/);
  const hasSeconds = parts.length === 6 && /^0+$/.test(parts[0] ?? '');
  const fields = hasSeconds ? parts.slice(1) : parts;
  if (fields.length !== FIELDS.length) return { refusal: refuseFieldCount(parts) };

  const chosen: ReadonlySet<number>[] = [];
  const warnings = hasSeconds
    ? ['has six fields; the leading 0 (seconds) is dropped, five are what Temporal reads']
    : [];
  for (const [index, field] of FIELDS.entries()) {
    const values = parseField(fields[index] ?? '', field, warnings);
    if (typeof values === 'string') return { refusal: values };
    chosen.push(values);
  }
  return (
    judgeDays(fields, chosen) ?? { expression: fields.join(' '), warnings: [...warnings, ...warnAboutDays(fields)] }
  );
}

function refuseFieldCount(parts: readonly string[]): string {
  if (parts[0]?.startsWith('@')) return `Write five fields instead of the short form, e.g. 0 * * * * for every hour.`;
  if (parts.length === 6) {
    return 'Write five fields: six are read with seconds first here and with the year last by Temporal, so only a leading 0 is understood.';
  }
  return `Write five fields (minute, hour, day of the month, month, day of the week); there are ${parts.length}.`;
}

/** The values a field stands for, or the sentence that refuses it. */
function parseField(text: string, field: Field, warnings: string[]): ReadonlySet<number> | string {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const match = /^(?:(\*)|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/i.exec(item);
    if (match === null) return refuseItem(item, field);
    const [, star, first = '', last, stepText] = match;
    const start = star === undefined ? toNumber(first, field) : field.min;
    // `5/15` counts on from 5 to the end of the field, `5` alone is just 5.
    const end =
      last === undefined ? (star === undefined && stepText === undefined ? start : field.max) : toNumber(last, field);
    const step = Number(stepText ?? 1);
    if (start === undefined || end === undefined) return refuseItem(item, field);
    if (end < start)
      return `Write the range "${shorten(item)}" of the ${field.name} as two, e.g. 22-23,0-2: Temporal refuses one that ends before it starts.`;
    if (step === 0) return `Write a step of 1 or more behind the slash of the ${field.name}; it is 0.`;
    if (step > field.max - field.min) {
      warnings.push(
        `steps by ${step} in the ${field.name}, which never gets beyond ${field.max}: only the first value counts`,
      );
    }
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return values;
}

function toNumber(text: string, { min, max, words }: Field): number | undefined {
  const position = words.indexOf(text.toLowerCase());
  const number = position >= 0 ? position + min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}

function refuseItem(item: string, { name, min, max, words }: Field): string {
  if (item === '?') return `Write * instead of ? for the ${name}.`;
  const names = words.length === 0 ? '' : ` or names like ${words[0]?.toUpperCase()}`;
  return `Write ${min} to ${max}${names}, *, ranges or steps for the ${name}; "${shorten(item)}" is none of them.`;
}

/** A 30 February would give a schedule that never starts and never complains. */
function judgeDays(
  fields: readonly string[],
  [, , days, months]: readonly ReadonlySet<number>[],
): CronRefusal | undefined {
  const exists = [...(months ?? [])].some((month) =>
    [...(days ?? [])].some((day) => day <= (LONGEST_MONTHS[month - 1] ?? 0)),
  );
  return exists
    ? undefined
    : { refusal: `Write a date that exists: no month "${fields[3]}" has a day "${fields[2]}".` };
}

function warnAboutDays(fields: readonly string[]): string[] {
  const restricted = [fields[2], fields[4]].every((field) => field !== undefined && !field.startsWith('*'));
  if (!restricted) return [];
  return [
    'sets day of the month and day of the week: Temporal starts on days that match both, other crons on days that match one',
  ];
}

function shorten(text: string): string {
  return text.length <= 20 ? text : `${text.slice(0, 20)}…`;
}
