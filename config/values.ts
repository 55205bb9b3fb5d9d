import { z } from 'zod';

/*
 * The kinds of values that tenant files and environment variables hold. The `error` of each is a whole sentence that
 * tells what to write: it becomes the remedy of the problem, while the problem's message tells what was found.
 */

/** Prefix of a value that stands in an environment variable: `os.environ/NAME`. */
export const ENVIRONMENT_REFERENCE = 'os.environ/';

/** Text that is not blank, trimmed. A reference is refused: only secrets are looked up, it would be sent as it stands. */
export function text(remedy = 'Write a text that is not blank; in quotes if it looks like a number.') {
  return z
    .string({ error: remedy })
    .trim()
    .min(1, { error: remedy, abort: true })
    .refine((value) => !value.startsWith(ENVIRONMENT_REFERENCE), {
      error: 'Write the value itself: only secrets can be taken from os.environ/NAME.',
    });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: chooseFrom(words) });
}

/** The sentence for a value that has to be one of a few words. */
export function chooseFrom(words: readonly string[]): string {
  return words.length === 1 ? `Write ${words[0]}.` : `Write ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`;
}

/** The words that switch something, as a boolean. */
export function onOff() {
  return oneOf(['enabled', 'disabled']);
}

/** A number written as number or as text (`'100'`), bounds included. */
export function numberBetween(min: number, max: number) {
  const remedy = `Write a number from ${min} to ${max}.`;
  return numeric(z.number({ error: remedy }).min(min, { error: remedy }).max(max, { error: remedy }));
}

/** A number of 0 or more, fractions allowed, written as number or as text. */
export function notNegative() {
  const remedy = 'Write a number of 0 or more.';
  return numeric(z.number({ error: remedy }).min(0, { error: remedy }));
}

/** A whole number within the bounds, both included, written as number or as text. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  const remedy = `Write a whole number ${range}.`;
  return numeric(z.int({ error: remedy }).min(min, { error: remedy }).max(max, { error: remedy }));
}

/** A key that may be left out or left empty (`key:` with nothing behind it), which then has this value. */
export function optional<Schema extends z.ZodType>(schema: Schema, fallback: z.input<Schema>) {
  return z.preprocess((value) => value ?? fallback, schema).prefault(fallback);
}

/** `100` for `'100'`; everything that is not plainly a decimal number stays as it is, to be refused by the schema. */
function numeric<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value),
    schema,
  );
}
