import { basicCredentials, bearerToken } from '../../access-tokens';
import { tomcatPage } from '../../server/answers';
import type { Answer, Handler, Incoming } from '../../server/exchange';
import { v1Error } from '../refusals';
import { type DataCenter, isAtLeast } from './data-center';

const PERMISSION = 'com.atlassian.confluence.api.service.exceptions.PermissionException';

/** Lets requests with a credential that the server knows through to `handler`: a personal token, a password or an OAuth token. */
export function authenticated(server: DataCenter, handler: Handler): Handler {
  return (request) => refuse(server, request) ?? handler(request);
}

/** Whether a request carries a credential that the server knows. */
export function isAuthenticated(server: DataCenter, request: Incoming): boolean {
  const { authorization } = request.headers;
  const token = bearerToken(authorization);
  if (token !== undefined) return isKnownToken(server, token);
  const basic = basicCredentials(authorization);
  const { username, password } = server.credentials;
  return basic?.name === username && basic.password === password;
}

function isKnownToken(server: DataCenter, token: string): boolean {
  // Personal access tokens exist since 7.9.
  if (token === server.credentials.personalAccessToken) return isAtLeast(server, 7, 9);
  return server.tokens.accepts(token);
}

function refuse(server: DataCenter, request: Incoming): Answer | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    return v1Error('data-center', 403, `${PERMISSION}: Not permitted to use confluence : null`);
  }
  if (isAuthenticated(server, request)) return undefined;
  const headers = {
    'x-seraph-loginreason': 'AUTHENTICATED_FAILED',
    'www-authenticate': `OAuth realm="${encodeURIComponent(server.addresses.confluence)}"`,
  };
  const reason = /^basic/i.test(authorization)
    ? 'Basic Authentication Failure - Reason : AUTHENTICATED_FAILED'
    : 'Unauthorized';
  return tomcatPage(401, reason, headers);
}
