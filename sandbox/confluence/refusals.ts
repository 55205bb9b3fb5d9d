import { json } from '../server/answers';
import type { Answer } from '../server/exchange';
import type { Flavor } from '../switches';

const EXCEPTIONS = 'com.atlassian.confluence.api.service.exceptions';

/**
 * An error of v1: status, Java class and text, in the envelope of the product.
 *
 * Data Center adds the reason phrase and its read-only mode. Observed on live sites.
 */
export function v1Error(flavor: Flavor, status: number, message: string, succeeds = false): Answer {
  const judged = { authorized: succeeds, valid: true, errors: [], successful: succeeds };
  if (flavor === 'cloud') return json(status, { statusCode: status, data: judged, message });
  const reason = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 410: 'Gone' }[status] ?? 'Error';
  return json(status, { statusCode: status, data: { ...judged, allowedInReadOnlyMode: true }, message, reason });
}

/** What v1 says to a CQL text that it refuses. */
export function badCql(flavor: Flavor, message: string): Answer {
  return v1Error(flavor, 400, `${EXCEPTIONS}.api.BadRequestException: ${message}`);
}

/** What v1 says to a search without CQL. */
export function missingCql(flavor: Flavor): Answer {
  return v1Error(flavor, 400, `${EXCEPTIONS}.BadRequestException: cql query parameter is required`, true);
}

/** What v1 says to a negative `start` or `limit`. */
export function negativeNumber(flavor: Flavor, name: string): Answer {
  return v1Error(flavor, 400, `java.lang.IllegalArgumentException: ${name} cannot be less than zero`);
}

/** What v1 says to a content that does not exist, or that the account may not see. */
export function noContent(flavor: Flavor, id: string): Answer {
  return v1Error(flavor, 404, `${EXCEPTIONS}.NotFoundException: No content found with id : ContentId{id=${id}}`);
}

/** What v1 says to a content that exists with another status than the one asked for. */
export function otherStatus(flavor: Flavor, id: string, status: string): Answer {
  const message = `No content found with id : ContentId{id=${id}} and status [current], there is a content object with status : ${status}`;
  return v1Error(flavor, 404, `${EXCEPTIONS}.NotFoundException: ${message}`);
}

/** What v1 says to a space that does not exist, or that the account may not see. */
export function noSpace(flavor: Flavor, key: string): Answer {
  return v1Error(flavor, 404, `No space with key : ${key}`);
}

/** What is left of a v1 endpoint that was switched off. */
export function goneEndpoint(): Answer {
  return v1Error('cloud', 410, `${EXCEPTIONS}.GoneException: This deprecated endpoint has been removed.`);
}

/** What v1 says to a path that it does not serve. */
export function nullForUri(url: string): Answer {
  return json(404, { message: `null for uri: ${url}`, 'status-code': 404 });
}
