import type { Answer, Incoming } from '../server/exchange';
import type { Flavor } from '../switches';
import { negativeNumber } from './refusals';

/** A number of the query, or the answer that refuses it. */
export type PageNumber = { readonly value: number } | { readonly refusal: Answer };

/**
 * Reads `start` or `limit` of a search: absent gives `fallback`, negative is 400, anything else than an integer 404
 * without a body. Observed on live sites.
 */
export function pageNumber(request: Incoming, name: 'start' | 'limit', fallback: number, flavor: Flavor): PageNumber {
  const text = request.query.get(name);
  if (text === null || text === '') return { value: fallback };
  if (!/^-?\d+$/.test(text)) return { refusal: { status: 404 } };
  const value = Number(text);
  return value < 0 ? { refusal: negativeNumber(flavor, name) } : { value };
}
