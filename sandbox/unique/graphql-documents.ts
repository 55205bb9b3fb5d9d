import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  GraphQLError as Failure,
  Kind,
  parse,
  validate,
} from 'graphql';

/** A GraphQL document that was read once. */
export interface ReadDocument {
  readonly document: DocumentNode | undefined;
  /** Why it cannot be executed: it is no GraphQL, or does not fit the schema. */
  readonly errors: readonly GraphQLError[];
  /** Names of the fields at the top, aliases aside, in order. */
  readonly fields: readonly string[];
}

const KEPT = 500;

/** Parses and validates documents once each: clients send the same few texts again and again. */
export class GraphqlDocuments {
  private readonly known = new Map<string, ReadDocument>();

  constructor(readonly schema: GraphQLSchema) {}

  read(text: string): ReadDocument {
    const known = this.known.get(text);
    if (known) return known;
    const document = this.parse(text);
    if (this.known.size >= KEPT) this.known.clear();
    this.known.set(text, document);
    return document;
  }

  private parse(text: string): ReadDocument {
    try {
      const document = parse(text);
      return { document, errors: validate(this.schema, document), fields: topFields(document) };
    } catch (error) {
      if (error instanceof Failure) return { document: undefined, errors: [error], fields: [] };
      throw error;
    }
  }
}

function topFields(document: DocumentNode): readonly string[] {
  const [operation] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((field) => (field.kind === Kind.FIELD ? [field.name.value] : []));
}
