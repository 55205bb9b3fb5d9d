/** One of Temporal's programs: what it is called, the version that SyncSpace is tested with, and how it can be had. */
export interface TemporalBinary {
  /** What people call it, for messages. */
  readonly title: string;
  /** Its file name, without `.exe`. */
  readonly command: string;
  /** The version that set-up fetches; a binary from the variable or the PATH may be another one. */
  readonly version: string;
  /** The environment variable that names its path. */
  readonly variable: string;
  /** The Python package that carries the program of this version, for networks where Temporal's download is closed. */
  readonly pythonPackage: string;
}

/** The `temporal` command, with the development server (`temporal server start-dev`) and the UI in it. */
export const temporalCli: TemporalBinary;

/** The time-skipping test server, which only tests use. */
export const temporalTestServer: TemporalBinary;

/** Thrown when the variable of a binary names a path where there is no executable file. */
export class TemporalBinaryPathError extends Error {
  constructor(binary: TemporalBinary, configured: string);
}

/**
 * Absolute path of the Temporal CLI: `TEMPORAL_CLI_PATH`, else `temporal` on the PATH, else the copy that set-up cached
 * in the project; `undefined` when none of them has it (`howToGet` then says what to do).
 *
 * @throws {TemporalBinaryPathError} when `TEMPORAL_CLI_PATH` is set, but names no executable file.
 */
export function temporalCliPath(environment?: NodeJS.ProcessEnv): string | undefined;

/** The same for the test server: `TEMPORAL_TEST_SERVER_PATH`, `temporal-test-server` on the PATH, the project's copy. */
export function temporalTestServerPath(environment?: NodeJS.ProcessEnv): string | undefined;

/** The same for either binary. */
export function binaryPath(binary: TemporalBinary, environment?: NodeJS.ProcessEnv): string | undefined;

/** Where set-up keeps its copy of a binary, whether it is there or not. */
export function cachedBinaryPath(binary: TemporalBinary): string;

/** What to tell a person who lacks the binary: the three ways to get it, as several lines. */
export function howToGet(binary: TemporalBinary): string;
