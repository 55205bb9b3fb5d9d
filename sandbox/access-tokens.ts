import { randomBytes } from 'node:crypto';
import type { Clock } from './clock';

const SWEEP_ABOVE = 1_000;

/** Access tokens that a product gave out and still accepts. */
export class AccessTokens {
  private readonly expiryByToken = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly lifetimeMs: () => number,
  ) {}

  /** Gives out a token; `expiresIn` is in whole seconds, as OAuth has it, and at least one. */
  issue(): { readonly token: string; readonly expiresIn: number } {
    const lifetimeMs = this.lifetimeMs();
    this.sweep();
    const token = `eyJhbGciOiJSUzI1NiJ9.${randomBytes(48).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
    this.expiryByToken.set(token, this.clock.now() + lifetimeMs);
    return { token, expiresIn: Math.max(1, Math.round(lifetimeMs / 1000)) };
  }

  /** Whether the token was given out here and has not expired. */
  accepts(token: string): boolean {
    const expiry = this.expiryByToken.get(token);
    return expiry !== undefined && this.clock.now() < expiry;
  }

  /** Makes every token invalid that was given out so far, as when a secret is rotated. */
  revokeAll(): void {
    this.expiryByToken.clear();
  }

  private sweep(): void {
    if (this.expiryByToken.size < SWEEP_ABOVE) return;
    for (const token of this.expiryByToken.keys()) if (!this.accepts(token)) this.expiryByToken.delete(token);
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
}

/** Name and password of an `Authorization: Basic` header, in UTF-8. */
export function basicCredentials(
  header: string | undefined,
): { readonly name: string; readonly password: string } | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [name = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { name, password: password.join(':') };
}
