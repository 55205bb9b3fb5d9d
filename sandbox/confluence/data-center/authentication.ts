import { basicCredentials, bearerToken } from '../../access-tokens';
import { loginPage, tomcatPage } from '../../server/answers';
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

/** What answers in the server's place, whatever the credential is. */
function atFrontDoor({ switches, addresses }: DataCenter): Answer | undefined {
  const login = `${addresses.confluence}/login.action`;
  const captcha = { 'x-authentication-denied-reason': `CAPTCHA_CHALLENGE; login-url=${login}` };
  switch (switches.frontDoor) {
    case 'open':
      return undefined;
    case 'captcha':
      return tomcatPage(403, 'Forbidden', captcha);
    case 'redirect':
      return { status: 302, headers: { location: 'https://sso.example.com/login?SAMLRequest=x' } };
    case 'login-page':
      return loginPage();
  }
}

function refuse(server: DataCenter, request: Incoming): Answer | undefined {
  const atDoor = atFrontDoor(server);
  if (atDoor) return atDoor;
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
