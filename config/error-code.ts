/** The operating system's code of an error (`ENOENT`), which says all that its message says but for the path. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}
