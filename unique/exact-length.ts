import { Transform, pipeline, type Readable, type TransformCallback } from 'node:stream';

/**
 * A body that is either sent whole with exactly `byteSize` bytes or never completed.
 *
 * The last chunk is held back until the source has ended, so that a source with too many bytes cannot pass as complete:
 * the receiver stops reading at the Content-Length and would answer success. Destroying the result destroys `source`.
 *
 * @param mismatch makes the error that the result ends with; `received` is a lower bound when there are too many bytes
 */
export function exactLength(source: Readable, byteSize: number, mismatch: (received: number) => Error): Readable {
  let received = 0;
  let held: Buffer | undefined;
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      // Would let go of the chunk that is held back.
      if (chunk.length === 0) return done();
      received += chunk.length;
      if (received > byteSize) return done(mismatch(received));
      const previous = held;
      held = chunk;
      done(null, previous);
    },
    flush(done: TransformCallback) {
      if (received === byteSize) done(null, held);
      else done(mismatch(received));
    },
  });
  // Destroys both ends on an error of either; the error itself reaches the reader of the result.
  pipeline(source, checked, () => undefined);
  return checked;
}
