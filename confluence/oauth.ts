import { z } from 'zod';
import type { HttpClient, RequestBody } from '../http/client';
import { ResponseShapeError } from '../http/errors';
import type { AccessToken } from '../http/tokens';

const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() });

/** How each product gives out tokens to a service account (OAuth 2.0, client credentials). */
export interface TokenEndpoint {
  readonly url: string;
  readonly body: (client: { readonly id: string; readonly secret: string }) => RequestBody;
}

/**
 * Cloud: scopes belong to the credential and are not asked for.
 *
 * @see https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/
 */
export function cloudTokenEndpoint(apiUrl: string): TokenEndpoint {
  return {
    url: `${apiUrl}/oauth/token`,
    body: ({ id, secret }) => ({ json: { grant_type: 'client_credentials', client_id: id, client_secret: secret } }),
  };
}

/** Data Center, from 10.1 on: a form, in which the scope must not be missing. */
export function dataCenterTokenEndpoint(baseUrl: string): TokenEndpoint {
  return {
    url: `${baseUrl}/rest/oauth2/latest/token`,
    body: ({ id, secret }) => ({
      form: { grant_type: 'client_credentials', client_id: id, client_secret: secret, scope: 'READ' },
    }),
  };
}

/**
 * Fetches one token.
 *
 * @throws {UnauthorizedError} when the client is refused
 * @throws {ResponseShapeError} when the answer has no token
 */
export async function fetchToken(
  http: HttpClient,
  { url, body }: TokenEndpoint,
  client: { readonly id: string; readonly secret: string },
): Promise<AccessToken> {
  const shownAs = new URL(url).pathname;
  const request = { method: 'POST', kind: 'token', url, shownAs, token: false, body: body(client) } as const;
  const response = await http.request({ ...request, responseType: 'json' });
  const parsed = answer.safeParse(response.body);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
    throw new ResponseShapeError(issues, response.exchange);
  }
  const { access_token: accessToken, expires_in: expiresInSeconds } = parsed.data;
  return { accessToken, ...(expiresInSeconds !== undefined && { expiresInSeconds }) };
}
