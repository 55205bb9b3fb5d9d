import { closest, distance } from 'fastest-levenshtein';

/** The candidate that `word` was probably meant to be, or `undefined` if none is similar enough to be a typing error. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lower = word.toLowerCase();
  const best = closest(
    lower,
    candidates.map((candidate) => candidate.toLowerCase()),
  );
  const isSimilar = distance(lower, best) <= Math.max(2, Math.floor(word.length / 3));
  return isSimilar ? candidates.find((candidate) => candidate.toLowerCase() === best) : undefined;
}
