import { createHash } from 'node:crypto';
import { Secret } from './secret';

/** Tells configurations apart, by their secrets too; a hash, so that none can be read from it. */
export function fingerprint(configuration: unknown): string {
  const text = JSON.stringify(configuration, function (this: Readonly<Record<string, unknown>>, key, plain: unknown) {
    const value = this[key];
    return value instanceof Secret ? textOf(value) : plain;
  });
  return createHash('sha256').update(text).digest('hex');
}

/** A file that cannot be read any more counts as another secret. */
function textOf(secret: Secret): string {
  try {
    return secret.reveal();
  } catch (error) {
    return String(error);
  }
}
