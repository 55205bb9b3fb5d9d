import { couldNotParse } from './errors';

/** One piece of a CQL text. */
export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: string }
  | { readonly kind: 'punctuation'; readonly text: '(' | ')' | ',' };

const SPACE = /\s/;
const PUNCTUATION = new Set(['(', ')', ',']);
const OPERATOR = /[=!~<>]/;
const OPERATORS = new Set(['=', '!=', '~', '!~', '<', '<=', '>', '>=']);

/**
 * Cuts a CQL text into words, quoted strings, operators, parentheses and commas.
 *
 * @throws {CqlError} for an unclosed string or an operator that does not exist
 */
export function tokenize(cql: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < cql.length) {
    const character = cql.charAt(at);
    if (SPACE.test(character)) {
      at += 1;
    } else if (character === '(' || character === ')' || character === ',') {
      tokens.push({ kind: 'punctuation', text: character });
      at += 1;
    } else if (character === '"' || character === "'") {
      const { text, end } = readString(cql, at);
      tokens.push({ kind: 'string', text });
      at = end;
    } else if (OPERATOR.test(character)) {
      const two = cql.slice(at, at + 2);
      const text = OPERATORS.has(two) ? two : character;
      if (!OPERATORS.has(text)) throw couldNotParse(cql);
      tokens.push({ kind: 'operator', text });
      at += text.length;
    } else {
      const end = endOfWord(cql, at);
      tokens.push({ kind: 'word', text: cql.slice(at, end) });
      at = end;
    }
  }
  return tokens;
}

function readString(cql: string, start: number): { readonly text: string; readonly end: number } {
  const quote = cql.charAt(start);
  let text = '';
  for (let at = start + 1; at < cql.length; at += 1) {
    const character = cql.charAt(at);
    if (character === quote) return { text, end: at + 1 };
    if (character === '\\' && at + 1 < cql.length) {
      at += 1;
      text += cql.charAt(at);
    } else {
      text += character;
    }
  }
  throw couldNotParse(cql);
}

function endOfWord(cql: string, start: number): number {
  let end = start;
  while (end < cql.length && !endsWord(cql.charAt(end))) end += 1;
  return end;
}

function endsWord(character: string): boolean {
  return SPACE.test(character) || PUNCTUATION.has(character) || OPERATOR.test(character) || /["']/.test(character);
}
