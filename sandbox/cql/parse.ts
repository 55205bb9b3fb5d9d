import { couldNotParse } from './errors';
import type { Clause, Comparison, Operator, Order, Query, Value } from './query';
import { type Token, tokenize } from './tokens';

/**
 * Parses CQL as far as content searches use it; fields and values are judged when it is compiled.
 *
 * Like Confluence it refuses a text whose first clause is negative.
 *
 * @throws {CqlError}
 * @see https://developer.atlassian.com/cloud/confluence/advanced-searching-using-cql/ (read 2026-11)
 */
export function parseCql(cql: string): Query {
  return new Parser(cql).query();
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(private readonly cql: string) {
    this.tokens = tokenize(cql);
  }

  query(): Query {
    const where = this.or();
    const orderBy = this.takeWord('order') ? this.orders() : [];
    if (this.at < this.tokens.length || beginsNegative(where)) throw this.refused();
    return { where, orderBy };
  }

  private or(): Clause {
    const parts = [this.and()];
    while (this.takeWord('or')) parts.push(this.and());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  private and(): Clause {
    const parts = [this.clause()];
    while (this.takeWord('and')) parts.push(this.clause());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  private clause(): Clause {
    if (this.takeWord('not')) return { kind: 'not', part: this.clause() };
    if (!this.take('(')) return this.comparison();
    const inner = this.or();
    this.expect(')');
    return inner;
  }

  private comparison(): Comparison {
    const field = this.next();
    if (field.kind !== 'word') throw this.refused();
    const operator = this.operator();
    const values = operator === 'in' || operator === 'not in' ? this.list() : [this.value()];
    return { kind: 'comparison', field: field.text.toLowerCase(), operator, values };
  }

  private operator(): Operator {
    if (this.takeWord('in')) return 'in';
    if (this.takeWord('not')) {
      if (!this.takeWord('in')) throw this.refused();
      return 'not in';
    }
    const token = this.next();
    if (token.kind !== 'operator') throw this.refused();
    return token.text as Operator;
  }

  private list(): readonly Value[] {
    this.expect('(');
    const values = [this.value()];
    while (this.take(',')) values.push(this.value());
    this.expect(')');
    return values;
  }

  private value(): Value {
    const token = this.next();
    if (token.kind === 'string') return { kind: 'text', text: token.text };
    if (token.kind !== 'word') throw this.refused();
    if (!this.take('(')) return { kind: 'text', text: token.text };
    if (this.take(')')) return { kind: 'function', name: token.text.toLowerCase(), argument: undefined };
    const argument = this.next();
    if (argument.kind !== 'string' && argument.kind !== 'word') throw this.refused();
    this.expect(')');
    return { kind: 'function', name: token.text.toLowerCase(), argument: argument.text };
  }

  private orders(): readonly Order[] {
    if (!this.takeWord('by')) throw this.refused();
    const orders = [this.order()];
    while (this.take(',')) orders.push(this.order());
    return orders;
  }

  private order(): Order {
    const field = this.next();
    if (field.kind !== 'word') throw this.refused();
    const descending = this.takeWord('desc');
    if (!descending) this.takeWord('asc');
    return { field: field.text.toLowerCase(), descending };
  }

  private next(): Token {
    const token = this.tokens[this.at];
    if (!token) throw this.refused();
    this.at += 1;
    return token;
  }

  private take(text: '(' | ')' | ','): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'punctuation' || token.text !== text) return false;
    this.at += 1;
    return true;
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.at += 1;
    return true;
  }

  private expect(text: '(' | ')' | ','): void {
    if (!this.take(text)) throw this.refused();
  }

  private refused(): Error {
    return couldNotParse(this.cql);
  }
}

function beginsNegative(clause: Clause): boolean {
  if (clause.kind === 'not') return true;
  if (clause.kind === 'comparison') return ['!=', '!~', 'not in'].includes(clause.operator);
  const [first] = clause.parts;
  return first !== undefined && beginsNegative(first);
}
