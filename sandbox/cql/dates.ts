import { CqlError } from './errors';
import type { Value } from './query';

/** The instants that a date literal stands for: `from` inclusive, `until` exclusive, in milliseconds since the epoch. */
export interface DateSpan {
  readonly from: number;
  readonly until: number;
}

/** What dates are relative to. */
export interface DateContext {
  readonly now: number;
  /** How far the zone of date literals is ahead of UTC. */
  readonly offsetMinutes: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LITERAL = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:\s+(\d{1,2}):(\d{2}))?$/;
const SHIFT = /^([+-]?)(\d+)([yMwdhm])$/;
const UNIT_MS: Readonly<Record<string, number>> = { w: 7 * DAY_MS, d: DAY_MS, h: 60 * MINUTE_MS, m: MINUTE_MS };

/**
 * The day or minute that a date literal names, or the minute of `now()` and the like.
 *
 * Seconds and zones are refused: CQL's documentation has no form with them.
 *
 * @throws {CqlError}
 * @see https://developer.atlassian.com/cloud/confluence/cql-functions/ (read 2026-11)
 */
export function toDateSpan(value: Value, field: string, context: DateContext): DateSpan {
  if (value.kind === 'text') return literal(value.text, field, context);
  const from = shifted(startOf(value.name, context), value.argument, value, context);
  const minute = Math.floor(from / MINUTE_MS) * MINUTE_MS;
  return { from: minute, until: minute + MINUTE_MS };
}

function literal(text: string, field: string, { offsetMinutes }: DateContext): DateSpan {
  const parts = LITERAL.exec(text);
  if (!parts) throw invalidDate(text, field);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  const utc = Date.UTC(year, month - 1, day, hour, minute);
  if (new Date(utc).getUTCMonth() !== month - 1 || hour > 23 || minute > 59) throw invalidDate(text, field);
  const from = utc - offsetMinutes * MINUTE_MS;
  return { from, until: from + (parts[4] === undefined ? DAY_MS : MINUTE_MS) };
}

function invalidDate(text: string, field: string): CqlError {
  return new CqlError(`Could not parse date '${text}' for field '${field}', expected yyyy-MM-dd or yyyy-MM-dd HH:mm`);
}

function startOf(name: string, { now, offsetMinutes }: DateContext): number {
  if (name === 'now') return now;
  const local = new Date(now + offsetMinutes * MINUTE_MS);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const starts: Readonly<Record<string, number>> = {
    startofday: Date.UTC(year, month, day),
    startofweek: Date.UTC(year, month, day - local.getUTCDay()),
    startofmonth: Date.UTC(year, month),
    startofyear: Date.UTC(year, 0),
  };
  const start = starts[name];
  if (start === undefined) throw new CqlError(`No function exists with the name: '${name}'`);
  return start - offsetMinutes * MINUTE_MS;
}

function shifted(start: number, argument: string | undefined, value: Value, context: DateContext): number {
  if (argument === undefined) return start;
  const [, sign = '', count = '', unit = ''] = SHIFT.exec(argument) ?? [];
  if (unit === '') throw new CqlError(`Invalid argument for function: ${value.kind === 'function' ? value.name : ''}`);
  const amount = Number(count) * (sign === '-' ? -1 : 1);
  const fixed = UNIT_MS[unit];
  if (fixed !== undefined) return start + amount * fixed;
  const local = new Date(start + context.offsetMinutes * MINUTE_MS);
  if (unit === 'y') local.setUTCFullYear(local.getUTCFullYear() + amount);
  else local.setUTCMonth(local.getUTCMonth() + amount);
  return local.getTime() - context.offsetMinutes * MINUTE_MS;
}
