import type { HttpClient } from '../http/client';
import { createTokenSource, type TokenSource } from '../http/tokens';
import { fetchToken, type TokenEndpoint } from './oauth';

/** How we prove to Confluence who we are. Secrets are functions, so that nothing prints them. */
export type ConfluenceAuth =
  | { readonly mode: 'oauth_2lo'; readonly clientId: string; readonly clientSecret: () => string }
  | { readonly mode: 'pat'; readonly token: () => string }
  | { readonly mode: 'basic'; readonly username: () => string; readonly password: () => string };

/** What an HTTP client asks for its credential: tokens that are fetched, or headers that stay. */
export type Credential =
  { readonly tokens: TokenSource } | { readonly headers: () => Promise<Readonly<Record<string, string>>> };

/**
 * The credential of a tenant.
 *
 * @param http gives the client that fetches tokens; asked late, because it is made with this credential
 */
export function createCredential(auth: ConfluenceAuth, endpoint: TokenEndpoint, http: () => HttpClient): Credential {
  switch (auth.mode) {
    case 'oauth_2lo': {
      const client = () => ({ id: auth.clientId, secret: auth.clientSecret() });
      return { tokens: createTokenSource(async () => fetchToken(http(), endpoint, client())) };
    }
    case 'pat':
      return { headers: async () => ({ authorization: `Bearer ${auth.token()}` }) };
    case 'basic':
      return { headers: async () => ({ authorization: `Basic ${basic(auth.username(), auth.password())}` }) };
  }
}

const basic = (username: string, password: string): string => Buffer.from(`${username}:${password}`).toString('base64');
