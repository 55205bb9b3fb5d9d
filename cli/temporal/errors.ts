/** Thrown when Temporal's server at a configured address does not answer. */
export class TemporalUnreachableError extends Error {
  override readonly name = 'TemporalUnreachableError';

  constructor(address: string, options?: ErrorOptions) {
    super(
      `No Temporal server answers at ${address}, the configured address. ` +
        'Start it, correct TEMPORAL_ADDRESS (or the profile of temporal.toml), or unset it to use an embedded server.',
      options,
    );
  }
}

/** Thrown by commands that start no server of their own, when there is none. */
export class NoTemporalError extends Error {
  override readonly name = 'NoTemporalError';

  constructor(home: string) {
    super(
      `There is no Temporal server: TEMPORAL_ADDRESS is not set and none runs for ${home}. ` +
        'Set TEMPORAL_ADDRESS, or run `syncspace up`, which brings server and worker.',
    );
  }
}

/** Thrown when the Temporal CLI, which has the embedded server in it, cannot be found. */
export class TemporalBinaryMissingError extends Error {
  override readonly name = 'TemporalBinaryMissingError';

  constructor(howToGet: string) {
    super(`An embedded Temporal server is needed, and the program for it is missing.\n${howToGet}`);
  }
}

/** Thrown when a port that was asked for is in use. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(option: string, port: number) {
    super(`Port ${port} of ${option} is in use by another program. Choose another one, or leave ${option} out.`);
  }
}

/** Thrown when ports were asked for, but the home's server runs already on others. */
export class ServerOnOtherPortsError extends Error {
  override readonly name = 'ServerOnOtherPortsError';

  constructor(home: string, address: string, pid: number) {
    super(
      `The Temporal server of ${home} runs already at ${address} (pid ${pid}), so the ports cannot be chosen. ` +
        'Leave --port and --ui-port out, or end the commands that use it first.',
    );
  }
}

/** Thrown when the embedded server ends before it answers. */
export class ServerDidNotStartError extends Error {
  override readonly name = 'ServerDidNotStartError';

  constructor(logFile: string, lastLines: string) {
    const locked = lastLines.includes('SQLITE_BUSY');
    const remedy = locked
      ? 'Another Temporal server holds the database of this home: end that process first.'
      : 'Correct what it complains about and try again.';
    super(`The embedded Temporal server did not start. ${remedy} It wrote to ${logFile}:\n${lastLines}`);
  }
}

/** Thrown when the process of the home's server lives and does not answer. */
export class ServerSilentError extends Error {
  override readonly name = 'ServerSilentError';

  constructor(address: string, pid: number) {
    super(
      `The Temporal server of this home (pid ${pid}) lives, but does not answer at ${address}. ` +
        `A second one on the same database would damage it. End process ${pid} and try again.`,
    );
  }
}

/** Thrown when another command holds the home's lock for too long. */
export class HomeLockedError extends Error {
  override readonly name = 'HomeLockedError';

  constructor(home: string, options?: ErrorOptions) {
    super(
      `Another command is starting or stopping the Temporal server of ${home} and does not come to an end. ` +
        'Look for a `syncspace` process that hangs, end it, and try again.',
      options,
    );
  }
}
