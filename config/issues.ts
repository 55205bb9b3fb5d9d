import type { z } from 'zod';
import type { ConfigProblem } from './errors';
import { chooseFrom } from './values';

/** Where the values came from, as far as their description needs it. */
export interface IssueContext {
  readonly file: string;
  /** What was parsed. */
  readonly input: unknown;
  /** Whether the value at a path must never be shown. */
  readonly isSecret: (path: string) => boolean;
}

/**
 * Tells one issue of the schema as a problem: what was found there, and the schema's own sentence as the remedy.
 *
 * Unknown keys are not handled here; they need to know the keys around them.
 */
export function toProblem(issue: z.core.$ZodIssue, { file, input, isSecret }: IssueContext): ConfigProblem {
  const path = dotted(issue.path);
  const value = valueAt(input, issue.path);
  const found: unknown = issue.code === 'custom' ? issue.params?.['found'] : undefined;
  const isHidden = isSecret(path) || groupRemedy(issue) !== undefined;
  const message = typeof found === 'string' ? found : describe(value, isHidden);
  return { file, path, message, remedy: remedyOf(issue) };
}

/**
 * `a.b[2]` for `['a', 'b', 2]`. A key that is no plain word is not repeated: a colon at the wrong place makes one of
 * whatever stands around it, a secret included.
 */
export function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${showKey(String(segment))}`))
    .join('')
    .replace(/^\./, '');
}

function showKey(key: string): string {
  return /^[a-z][a-z0-9_-]{0,39}$/i.test(key) ? key : `(a key of ${key.length} characters)`;
}

/** What stands at a path, `undefined` if nothing does. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, segment) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    return Reflect.get(value, segment);
  }, input);
}

function remedyOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return chooseFrom(issue.options.map(String));
  }
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return groupRemedy(issue) ?? issue.message;
}

/** The sentence for a single value where several belong, any of which may be a secret. */
function groupRemedy(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'object' || issue.expected === 'record') return 'Write keys below it, indented, one a line.';
  return issue.expected === 'array' ? 'Write a list: one entry a line, each behind a dash.' : undefined;
}

/**
 * What was found, as the part of a sentence behind the path. Only a value of one word is repeated: indentation gone
 * wrong joins the lines below to a value, and with them perhaps a secret; an address may hold credentials.
 */
function describe(value: unknown, isHidden: boolean): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is a group of keys';
  if (isHidden)
    return typeof value === 'string' ? 'has an unusable value (not shown)' : `is a ${typeof value} (not shown)`;
  if (typeof value === 'number' || typeof value === 'boolean') return `is ${value}`;
  if (typeof value !== 'string') return `is a ${typeof value}`;
  if (value.trim() === '') return 'is blank';
  return /[\s@?#]/.test(value) ? `is a text of ${value.length} characters` : `is "${shorten(value, 60)}"`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
