import { z } from 'zod';
import type { HttpClient } from '../http/client';
import { ResponseShapeError } from '../http/errors';
import type { AccessToken } from '../http/tokens';

/** What a token of the platform's identity provider (Zitadel) is asked for with. */
export interface ServiceTokenOptions {
  readonly oauthTokenUrl: string;
  readonly projectId: () => string;
  readonly clientId: string;
  readonly clientSecret: () => string;
}

const SHOWN_AS = '(token of the Unique service user)';

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/**
 * Fetches a token of the service user by client credentials.
 *
 * @throws {UnauthorizedError} when client id or secret are not accepted
 * @see https://zitadel.com/docs/guides/integrate/service-users/client-credentials
 * @see https://zitadel.com/docs/apis/openidoauth/scopes
 */
export async function fetchServiceToken(http: HttpClient, options: ServiceTokenOptions): Promise<AccessToken> {
  const { oauthTokenUrl, projectId, clientId, clientSecret } = options;
  const basic = Buffer.from(`${clientId}:${clientSecret()}`).toString('base64');
  const { body, status } = await http.request({
    method: 'POST',
    url: oauthTokenUrl,
    shownAs: SHOWN_AS,
    kind: 'token',
    token: false,
    headers: { authorization: `Basic ${basic}` },
    body: { form: { grant_type: 'client_credentials', scope: scopesOf(projectId()) } },
    responseType: 'json',
  });
  const parsed = tokenAnswer.safeParse(body);
  if (parsed.success) return { accessToken: parsed.data.access_token, expiresInSeconds: parsed.data.expires_in };
  const issues = parsed.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
  throw new ResponseShapeError(issues, { method: 'POST', path: SHOWN_AS, status });
}

/** The audience of the project is what makes the platform's services accept the token; the roles say what it may do. */
function scopesOf(projectId: string): string {
  return [
    'openid profile email urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:projects:roles',
    `urn:zitadel:iam:org:project:id:${projectId}:aud`,
  ].join(' ');
}
