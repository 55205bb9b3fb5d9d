/** A comparison's right side: a text or number as written, or a function such as `now("-4h")`. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'function'; readonly name: string; readonly argument: string | undefined };

/** How a field is compared. */
export type Operator = '=' | '!=' | '~' | '!~' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** `field operator values`; one value unless the operator is `in` or `not in`. */
export interface Comparison {
  readonly kind: 'comparison';
  /** Lower case. */
  readonly field: string;
  readonly operator: Operator;
  readonly values: readonly Value[];
}

/** What a document must satisfy to be found. */
export type Clause =
  | Comparison
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Clause[] }
  | { readonly kind: 'not'; readonly part: Clause };

/** A sort criterion. */
export interface Order {
  /** Lower case. */
  readonly field: string;
  readonly descending: boolean;
}

/** A parsed CQL text. */
export interface Query {
  readonly where: Clause;
  readonly orderBy: readonly Order[];
}
