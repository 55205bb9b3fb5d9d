import type { AccessTokens } from '../access-tokens';
import type { Credentials } from '../credentials';
import { json } from '../server/answers';
import type { Answer, Handler } from '../server/exchange';

/** `POST /oauth/token` of Cloud's gateway: client credentials as JSON, no scopes. */
export function cloudTokenEndpoint(tokens: AccessTokens, credentials: Credentials, scopes: () => readonly string[]) {
  const handler: Handler = async (request) => {
    const form = parseJson(await request.body());
    if (!form) return refusal(400, 'invalid_request', 'The body is not JSON.');
    const refused = refuse(form, credentials);
    if (refused) return refused;
    const { token, expiresIn } = tokens.issue();
    const scope = scopes().join(' ');
    return json(200, { access_token: token, expires_in: expiresIn, token_type: 'Bearer', scope });
  };
  return handler;
}

/** `POST /rest/oauth2/latest/token` of Data Center: client credentials as a form, with the scope READ. */
export function dataCenterTokenEndpoint(tokens: AccessTokens, credentials: Credentials): Handler {
  return async (request) => {
    const form = Object.fromEntries(new URLSearchParams((await request.body()).toString('utf8')));
    const refused = refuse(form, credentials);
    if (refused) return refused;
    if (form['scope'] !== 'READ') return refusal(400, 'invalid_scope', 'The scope is missing or unknown.');
    const { token, expiresIn } = tokens.issue();
    return json(200, { access_token: token, expires_in: expiresIn, token_type: 'Bearer', scope: 'READ' });
  };
}

function refuse(form: Readonly<Record<string, unknown>>, credentials: Credentials): Answer | undefined {
  if (form['grant_type'] !== 'client_credentials') {
    return refusal(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
  }
  const known = form['client_id'] === credentials.clientId && form['client_secret'] === credentials.clientSecret;
  return known ? undefined : refusal(401, 'access_denied', 'Unauthorized');
}

function refusal(status: number, error: string, description: string): Answer {
  return json(status, { error, error_description: description });
}

function parseJson(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
