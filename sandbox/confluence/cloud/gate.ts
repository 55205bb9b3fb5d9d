import { bearerToken } from '../../access-tokens';
import { json } from '../../server/answers';
import type { Answer, Handler, Incoming } from '../../server/exchange';
import type { Cloud } from './cloud';

/** Generations of the REST API; they say "credential refused" in different ways. */
export type Api = 'v1' | 'v2';

/**
 * Puts the gateway in front of `handler`: site, credential, scopes, in this order and before anything else is looked at.
 *
 * @param scopes any of which opens the endpoint
 */
export function gated(cloud: Cloud, api: Api, scopes: readonly string[], handler: Handler): Handler {
  return async (request) => {
    const refusal = refuse(cloud, api, scopes, request);
    const answer = refusal ?? (await handler(request));
    return cloud.switches.nearLimitHeaders ? withNearLimit(answer, cloud.site.clock.now()) : answer;
  };
}

function refuse(cloud: Cloud, api: Api, scopes: readonly string[], request: Incoming): Answer | undefined {
  if (request.parameter('cloudId') !== cloud.credentials.cloudId) {
    return json(404, { code: 404, message: 'Not Found' });
  }
  if (cloud.switches.suspended) return json(503, { error: 'SUSPENDED_INACTIVITY' });
  const token = bearerToken(request.headers.authorization);
  if (token === undefined || !cloud.tokens.accepts(token)) return credentialRefused(cloud, api, token);
  if (scopes.some((scope) => cloud.switches.scopes.includes(scope))) return undefined;
  const headers = { 'x-failure-category': 'FAILURE_CLIENT_SCOPE_CHECK' };
  return json(401, { code: 401, message: 'Unauthorized; scope does not match' }, headers);
}

/** v1 says 403, v2 a 404 that names nothing; with the switch the gateway says 401 before either is asked. */
function credentialRefused(cloud: Cloud, api: Api, token: string | undefined): Answer {
  if (token !== undefined && cloud.switches.expiredToken === 'gateway') {
    return json(401, { code: 401, message: 'Unauthorized' }, { 'x-failure-category': 'FAILURE_CLIENT_AUTH' });
  }
  if (api === 'v2') {
    return json(404, { errors: [{ status: 404, code: 'NOT_FOUND', title: 'Not Found', detail: null }] });
  }
  const rejection = 'Request rejected because caller cannot access Confluence';
  const message = `com.atlassian.confluence.rest.exceptions.StacklessResponseStatusException: 403 FORBIDDEN "${rejection}"`;
  return json(403, { statusCode: 403, message });
}

function withNearLimit(answer: Answer, now: number): Answer {
  const nextHour = new Date(Math.ceil((now + 1) / 3_600_000) * 3_600_000).toISOString();
  const headers = {
    'x-ratelimit-limit': '65000',
    'x-ratelimit-remaining': '6500',
    'x-ratelimit-reset': nextHour,
    'x-ratelimit-nearlimit': 'true',
  };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
