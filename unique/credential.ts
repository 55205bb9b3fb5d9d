import { createHttpClient, type HttpClientOptions } from '../http/client';
import type { Proxy } from '../http/proxy';
import { createTokenSource, type TokenSource } from '../http/tokens';
import { fetchServiceToken, type ServiceTokenOptions } from './service-token';

/** How we prove to the platform who we are: by headers inside its cluster, by a service user's token from outside. */
export type UniqueAuth =
  | { readonly mode: 'cluster_local'; readonly extraHeaders: Readonly<Record<string, string>> }
  | ({ readonly mode: 'external' } & ServiceTokenOptions);

/** What requests to the platform's services are sent with. */
export interface Credential {
  readonly authorization: NonNullable<HttpClientOptions['authorization']>;
  /** Present when there is a token, which runs out and can be fetched anew. */
  readonly tokens?: TokenSource;
  /** Closes the connections to the token endpoint. */
  close(): void;
}

/** Whom the platform's services take us for; they know the connectors by name. */
const SERVICE_ID = 'confluence-connector';

/** The credential of one tenant; a token is fetched when the first request needs it. */
export function createCredential(auth: UniqueAuth, proxy?: Proxy): Credential {
  if (auth.mode === 'cluster_local') {
    const headers = { 'x-service-id': SERVICE_ID, ...auth.extraHeaders };
    return { authorization: async () => headers, close: () => undefined };
  }
  const http = createHttpClient({ baseUrl: new URL(auth.oauthTokenUrl).origin, proxy });
  const tokens = createTokenSource(() => fetchServiceToken(http, auth));
  return { authorization: tokens, tokens, close: () => http.close() };
}
