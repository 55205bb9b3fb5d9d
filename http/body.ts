import { Readable } from 'node:stream';
import { TimeoutError } from './transport';

/** The error that a body ends with when it is longer than anybody expects. */
export class BodyTooLongError extends Error {
  override readonly name = 'BodyTooLongError';
}

/** The error that a body ends with when the connection is gone before its end. */
export class BodyCutError extends Error {
  override readonly name = 'BodyCutError';
  readonly code = 'BODY_CUT';
}

/**
 * Reads a body to its end.
 *
 * @throws {BodyTooLongError} above `maxBytes`
 * @throws {TimeoutError} when no byte comes for `idleMs`
 * @throws {BodyCutError} when the connection ends before the body
 */
export function readBody(source: Readable, maxBytes: number, idleMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const idle = setTimeout(() => source.destroy(new TimeoutError('IDLE_TIMEOUT', idleMs)), idleMs);
    source.on('data', (chunk: Buffer) => {
      idle.refresh();
      length += chunk.length;
      if (length > maxBytes) source.destroy(new BodyTooLongError(`longer than ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    source.once('end', () => resolve(Buffer.concat(chunks)));
    source.on('error', reject);
    source.once('close', () => {
      clearTimeout(idle);
      // Changes nothing after `end` or an error.
      reject(new BodyCutError('closed before its end'));
    });
  });
}

/** The first bytes of a body that is of no further use; the rest, and whatever goes wrong with it, is dropped. */
export function readStart(source: Readable, maxBytes: number, idleMs: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const idle = setTimeout(() => source.destroy(), idleMs);
    source.on('data', (chunk: Buffer) => {
      idle.refresh();
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBytes) source.destroy();
    });
    source.on('error', () => source.destroy());
    source.once('close', () => {
      clearTimeout(idle);
      resolve(Buffer.concat(chunks).subarray(0, maxBytes));
    });
  });
}

/**
 * Passes a body on. Reads only what is asked for; ends with what `toError` makes of a cut, a stall or a failure, and
 * never with a raw socket error. The idle time counts only while bytes are asked for, so a slow reader is no stall.
 */
export function passBody(source: Readable, idleMs: number, toError: (cause: unknown) => unknown): Readable {
  let asking = false;
  const idle = setTimeout(() => {
    if (asking) source.destroy(new TimeoutError('IDLE_TIMEOUT', idleMs));
  }, idleMs);
  // The connection keeps the process alive as long as there is something to wait for.
  idle.unref();
  const passed = new Readable({
    read() {
      asking = true;
      idle.refresh();
      source.resume();
    },
    destroy(error, done) {
      clearTimeout(idle);
      source.destroy();
      done(error);
    },
  });
  const fail = (cause: unknown) => passed.destroy(toError(cause) as Error);
  source.pause();
  source.on('data', (chunk: Buffer) => {
    idle.refresh();
    if (passed.push(chunk)) return;
    asking = false;
    source.pause();
  });
  source.once('end', () => passed.push(null));
  source.on('error', fail);
  source.once('close', () => {
    if (!source.readableEnded) fail(new BodyCutError('closed before its end'));
  });
  // Nobody may listen yet when it breaks, and an error without a listener ends the process.
  passed.on('error', () => undefined);
  return passed;
}
