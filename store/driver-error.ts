/** What is to be known of an error that a driver or the system threw. */
export interface DriverError {
  readonly message: string;
  readonly code: string | undefined;
}

/** Reads an error of unknown kind; a connection to a host with several addresses fails with one error for each. */
export function readDriverError(error: unknown): DriverError {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: undefined };
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return { message, code: error.code };
  const [first] = 'errors' in error && Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : [];
  return first === undefined ? { message, code: undefined } : readDriverError(first);
}
