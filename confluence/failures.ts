import {
  ForbiddenScopeError,
  type HttpError,
  NotFoundError,
  RateLimitedError,
  RequestRefusedError,
  UnauthorizedError,
  UnavailableError,
} from '../http/errors';
import { type FailedAnswer, type Interpretation, isHtml } from '../http/failed-answer';
import { DEFAULT_RETRY_AFTER_MS, retryAfterMs } from '../http/retry-after';
import type { InstanceType } from './attachment-row';
import { optionalText, toFields } from './row-fields';

/** What Confluence means by a failed answer where it means something else than HTTP does. */
export function interpretFor(product: InstanceType): Interpretation {
  return product === 'cloud' ? interpretCloud : interpretDataCenter;
}

/**
 * Cloud's ways to fail. Which status stands for which cause was observed on live sites; the vendor's documents do not say.
 */
function interpretCloud(answer: FailedAnswer): HttpError | undefined {
  const { exchange, headers, kind } = answer;
  const { status, path } = exchange;
  if (kind === 'token') return undefined;
  if (kind === 'redirect') return interpretMedia(answer);
  if (status === 401 && isScopeMissing(answer)) {
    const missing = scopeFor(path);
    const grant = missing === undefined ? 'the scope that this request needs' : `the scope ${missing}`;
    return new ForbiddenScopeError(
      `the credential lacks ${grant}. Grant it to the service account's credential.`,
      exchange,
      missing,
    );
  }
  if (status === 403) return noAccess(exchange);
  // v2 hides its refusal behind a 404 that names nothing; a real one names what is missing.
  if (status === 404 && path.includes('/api/v2/'))
    return isBareNotFound(answer) ? noAccess(exchange) : notFound(answer);
  if (status === 404) return notFound(answer);
  if (status === 410) {
    const what = 'Atlassian has switched this endpoint off. Update SyncSpace; nothing is removed meanwhile.';
    return new RequestRefusedError(what, exchange);
  }
  if (status === 503 && answer.body.includes('SUSPENDED_INACTIVITY') && headers['retry-after'] === undefined) {
    const what = 'Atlassian has suspended the site because nobody used it. An administrator must wake it up.';
    return new UnavailableError(what, exchange, true);
  }
  return undefined;
}

function interpretDataCenter(answer: FailedAnswer): HttpError | undefined {
  const { exchange, headers, kind } = answer;
  if (kind === 'token') return undefined;
  if (exchange.status === 404) return notFound(answer);
  if (exchange.status !== 403) return undefined;
  if (/rate limit exceeded/i.test(answer.body)) {
    const waitMs = retryAfterMs(headers, Date.now()) ?? DEFAULT_RETRY_AFTER_MS;
    const what = 'Confluence asks to send less (rate limit exceeded). The sync waits and goes on by itself.';
    return new RateLimitedError(what, exchange, waitMs);
  }
  // https://confluence.atlassian.com/doc/configuring-captcha-for-failed-logins-220037104.html
  if (String(headers['x-authentication-denied-reason'] ?? '').startsWith('CAPTCHA')) {
    const what =
      'Confluence wants a CAPTCHA after failed log-ins. Log in once in a browser as this user, then check the password.';
    return new UnauthorizedError(what, exchange);
  }
  if (/basic auth/i.test(answer.body)) {
    const what = 'passwords are not accepted here (basic authentication is switched off). Use a personal access token.';
    return new UnauthorizedError(what, exchange);
  }
  return noAccess(exchange);
}

/** The signed address is good for minutes only, and nothing about it says anything about our credential or the file. */
function interpretMedia({ exchange }: FailedAnswer): HttpError | undefined {
  if (![401, 403, 404, 410].includes(exchange.status)) return undefined;
  const what = 'the signed address of the file is not accepted. The next attempt asks for a new one.';
  return new UnavailableError(what, exchange, true);
}

function noAccess(exchange: FailedAnswer['exchange']): UnauthorizedError {
  const what =
    'the account may not use this Confluence. Check that the credential was not revoked and the account has access.';
  return new UnauthorizedError(what, exchange);
}

function isScopeMissing({ headers, body }: FailedAnswer): boolean {
  return headers['x-failure-category'] === 'FAILURE_CLIENT_SCOPE_CHECK' || /scope does not match/i.test(body);
}

/**
 * The scope of a route, as a service account needs it.
 *
 * @see https://developer.atlassian.com/cloud/confluence/scopes-for-oauth-2-3LO-and-forge-apps/
 */
function scopeFor(path: string): string | undefined {
  if (path.endsWith('/download')) return 'readonly:content.attachment:confluence';
  if (path.endsWith('/rest/api/content/search')) return 'search:confluence';
  return path.includes('/api/v2/') && path.endsWith('/attachments') ? 'read:attachment:confluence' : undefined;
}

function isBareNotFound({ body }: FailedAnswer): boolean {
  const { title, detail } = firstError(body);
  return title === 'Not Found' && typeof detail !== 'string';
}

function notFound(answer: FailedAnswer): NotFoundError {
  const certain = !isHtml(answer.headers) && namesWhatIsMissing(answer.body);
  const what = certain
    ? 'Confluence has no such content, or hides it.'
    : 'there is nothing there, and the answer does not say what is missing.';
  return new NotFoundError(what, answer.exchange, certain);
}

/** v1: `…NotFoundException: No content found with id : ContentId{id=…}`; v2: `Cannot find a page with id [..]`. */
function namesWhatIsMissing(body: string): boolean {
  const message = optionalText(toFields(parse(body)), 'message') ?? '';
  const title = optionalText(firstError(body), 'title') ?? '';
  return /no (content|space|attachment)\b.* (found )?with\b|cannot find\b.*\bid\b|content with id\b.*not found/i.test(
    message || title,
  );
}

function firstError(body: string): Readonly<Record<string, unknown>> {
  const { errors } = toFields(parse(body));
  return toFields(Array.isArray(errors) ? errors[0] : undefined);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // HTML or cut: says nothing that could be relied on.
    return undefined;
  }
}
