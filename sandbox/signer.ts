import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock';

/** Signs short texts with an expiry, for URLs that need no further credential. */
export class Signer {
  private readonly secret = randomBytes(32);

  constructor(private readonly clock: Clock) {}

  /** @returns a token of the characters of standard base64, which must be encoded in a URL */
  sign(subject: string, lifetimeMs: number): string {
    const payload = `${this.clock.now() + lifetimeMs}|${subject}`;
    return Buffer.from(`${payload}|${this.seal(payload)}`).toString('base64');
  }

  /** The subject of a token that was signed here and has not expired. */
  verify(token: string): string | undefined {
    const [, payload = '', expiry = '', subject = '', seal = ''] =
      /^((\d+)\|([^]*))\|([0-9a-f]{64})$/.exec(Buffer.from(token, 'base64').toString('utf8')) ?? [];
    if (seal === '' || !timingSafeEqual(Buffer.from(seal), Buffer.from(this.seal(payload)))) return undefined;
    return this.clock.now() < Number(expiry) ? subject : undefined;
  }

  private seal(payload: string): string {
    return createHmac('sha256', this.secret).update(payload).digest('hex');
  }
}
