/** Thrown when an operation names a content or attachment that the emulated site does not hold. */
export class NoSuchContentError extends Error {
  override readonly name = 'NoSuchContentError';

  constructor(readonly id: string) {
    super(`The sandbox's site has no content or attachment ${id}. GET /_sandbox/site lists what there is.`);
  }
}

/** Thrown when an operation names a space that the emulated site does not hold. */
export class NoSuchSpaceError extends Error {
  override readonly name = 'NoSuchSpaceError';

  constructor(readonly key: string) {
    super(`The sandbox's site has no space ${key}. GET /_sandbox/site lists what there is.`);
  }
}
