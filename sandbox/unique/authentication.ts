import { type AccessTokens, basicCredentials, bearerToken } from '../access-tokens';
import type { Credentials } from '../credentials';
import type { ServiceAuthMode } from '../sandbox';
import { json } from '../server/answers';
import type { Answer, Handler, Incoming } from '../server/exchange';

/**
 * Refuses requests without a valid credential: a Zitadel token from outside, the service's headers inside the cluster.
 */
export function refuseStrangers(
  mode: ServiceAuthMode,
  tokens: AccessTokens,
  credentials: Credentials,
): (request: Incoming) => Answer | undefined {
  const isKnown = mode === 'external' ? hasToken(tokens) : hasServiceHeaders(credentials);
  return (request) => (isKnown(request) ? undefined : json(401, { message: 'Unauthorized', statusCode: 401 }));
}

/**
 * `POST /oauth/v2/token` of Zitadel: client credentials by Basic, the rest as a form. The platform accepts a token only
 * when its project is among the scopes.
 */
export function zitadelTokenEndpoint(tokens: AccessTokens, credentials: Credentials): Handler {
  return async (request) => {
    const form = new URLSearchParams((await request.body()).toString('utf8'));
    const client = basicCredentials(request.headers.authorization);
    const isClient =
      client?.name === credentials.zitadelClientId && client.password === credentials.zitadelClientSecret;
    if (!isClient) return json(401, { error: 'invalid_client', error_description: 'client not found or secret wrong' });
    if (form.get('grant_type') !== 'client_credentials') {
      return json(400, { error: 'unsupported_grant_type', error_description: 'grant_type is not supported' });
    }
    const { token, expiresIn } = tokens.issue();
    const scopes = form.get('scope')?.split(' ') ?? [];
    const isForPlatform = scopes.includes(`urn:zitadel:iam:org:project:id:${credentials.zitadelProjectId}:aud`);
    const access_token = isForPlatform ? token : `${token}.other-audience`;
    return json(200, { access_token, token_type: 'Bearer', expires_in: expiresIn });
  };
}

function hasToken(tokens: AccessTokens): (request: Incoming) => boolean {
  return ({ headers }) => {
    const token = bearerToken(headers.authorization);
    return token !== undefined && tokens.accepts(token);
  };
}

function hasServiceHeaders({ companyId, userId }: Credentials): (request: Incoming) => boolean {
  return ({ headers }) =>
    headers['x-service-id'] !== undefined && headers['x-company-id'] === companyId && headers['x-user-id'] === userId;
}
