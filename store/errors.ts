/** Thrown when another process has the SQLite file: one worker process a file. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError';
  /** The other process, where it could be read. */
  readonly pid: number | undefined;

  constructor(file: string, pid: number | undefined) {
    const holder = pid === undefined ? 'another process' : `process ${pid}`;
    super(
      `The store ${file} is in use by ${holder}, and one SQLite file serves one worker process only. ` +
        'Stop that process, or use another home folder; several workers need PostgreSQL: set SYNCSPACE_STORE_URL.',
    );
    this.pid = pid;
  }
}

/** Thrown when the store cannot be reached, opened or written; nothing of the operation was kept. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  /** The driver's or the system's code, e.g. `SQLITE_FULL` or `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(sentence: string, code: string | undefined) {
    super(code === undefined ? sentence : `${sentence} (${code})`);
    this.code = code;
  }
}

/** Thrown when the store was made by a newer version of SyncSpace, whose tables this one does not know. */
export class StoreNewerError extends Error {
  override readonly name = 'StoreNewerError';

  constructor(migration: string) {
    super(
      `The store was made by a newer version of SyncSpace (it has "${migration}", which this version does not know). ` +
        'Install that version again, or use another store; nothing was changed.',
    );
  }
}

/** Thrown when the database refused a statement: a bug, a deadlock, or tables that somebody else changed. */
export class StoreQueryError extends Error {
  override readonly name = 'StoreQueryError';
  /** The driver's code, e.g. `SQLITE_CONSTRAINT` or `40P01`. */
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(`The store refused a statement${code === undefined ? '' : ` (${code})`}: ${message}`);
    this.code = code;
  }
}

/** Thrown when another attempt compares the space at this moment; trying again, once it is done, helps. */
export class PlanOvertakenError extends Error {
  override readonly name = 'PlanOvertakenError';

  constructor({ tenant, spaceKey }: { readonly tenant: string; readonly spaceKey: string }) {
    super(
      `The plan of space ${spaceKey} (tenant ${tenant}) was overtaken: another attempt compares the space, or it was not compared yet. ` +
        'Nothing was cut; the step is tried again.',
    );
  }
}
