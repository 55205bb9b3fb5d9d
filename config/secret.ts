import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A value that prints as `[redacted]` wherever it ends up by accident: template strings, JSON, `console.log`, pino.
 *
 * Only `reveal()` gives the text. It lives in a private field, so neither spreading nor `Object.entries` finds it.
 */
export class Secret {
  readonly #read: () => string;

  /** @param source The value itself, or a function that reads it anew each time (a file that is rotated). */
  constructor(source: string | (() => string)) {
    this.#read = typeof source === 'string' ? () => source : source;
  }

  /**
   * The secret text, trimmed by whoever made this object. Call it where the request is built, keep the result nowhere.
   *
   * @throws {ConfigurationError} The secret stands in a file that has gone, turned blank or cannot be read any more.
   */
  reveal(): string {
    return this.#read();
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
