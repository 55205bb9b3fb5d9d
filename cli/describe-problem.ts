import type { ConfigProblem } from '../config/errors';

/** A problem of one tenant file while the others go on. */
export function describeProblem({ file, path, message, remedy }: ConfigProblem): string {
  return `${file}: ${path === '' ? '' : `${path} `}${message}. ${remedy} This tenant is left out.`;
}
