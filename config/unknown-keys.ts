import type { z } from 'zod';
import type { ConfigProblem, ConfigWarning } from './errors';
import { dotted } from './issues';
import { knownKeysAt, sectionsWith } from './known-keys';
import { nearest } from './nearest';

/** A key that a section does not know in the mode that is set. */
export interface UnknownKey {
  readonly section: readonly PropertyKey[];
  readonly key: string;
  /** The section knows it in another mode: a leftover, ignored with a warning as the shipped connector ignores it. */
  readonly isLeftover: boolean;
}

/** The unknown keys among the issues of a schema, one by one. */
export function unknownKeys(issues: readonly z.core.$ZodIssue[]): readonly UnknownKey[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const known = knownKeysAt(issue.path);
    return issue.keys.map((key) => ({ section: issue.path, key, isLeftover: known.includes(key) }));
  });
}

/** Tells a leftover as a warning. */
export function toLeftoverWarning(file: string, { section, key }: UnknownKey): ConfigWarning {
  return { file, path: dotted([...section, key]), message: 'has no effect with the mode that is set; take it away' };
}

/** Tells an unknown key as a problem, with the key that was probably meant. */
export function toUnknownKeyProblem(file: string, { section, key }: UnknownKey): ConfigProblem {
  return {
    file,
    path: dotted([...section, key]),
    message: 'is not a key that a tenant file knows here',
    remedy: suggest(section, key),
  };
}

function suggest(section: readonly PropertyKey[], key: string): string {
  const known = knownKeysAt(section);
  const similar = nearest(key, known);
  if (similar !== undefined) return `Did you mean ${similar}?`;
  const [elsewhere] = sectionsWith(key);
  if (elsewhere !== undefined) return `Did you mean ${elsewhere === '' ? key : `${elsewhere}.${key}`}? Move it there.`;
  return `Take it away, or write one of ${known.join(', ')}.`;
}
