import {
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLFormattedError,
  GraphQLError,
  defaultFieldResolver,
  execute,
} from 'graphql';
import { json } from '../server/answers';
import type { Answer, Handler, Identity, Incoming, Route } from '../server/exchange';
import type { GraphqlDocuments, ReadDocument } from './graphql-documents';
import type { ServiceCall } from './service-call';

/** A field at the top of a document. Each has its own arguments, which the schema guarantees: hence `never`. */
export type Operation = (values: never, call: ServiceCall) => unknown;

/** One of the platform's GraphQL services. */
export interface GraphqlServiceOptions {
  readonly path: string;
  readonly documents: GraphqlDocuments;
  /** By name of the field. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Names of operations in faults and in the log. */
  readonly routeNames: Readonly<Record<string, string>>;
  readonly call: () => ServiceCall;
  /** The answer to a request without a valid credential. */
  readonly refuse: (request: Incoming) => Answer | undefined;
}

interface GraphqlRequest {
  readonly read: ReadDocument;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly keys: readonly string[];
}

/** The route of a GraphQL service. */
export function graphqlRoute(service: GraphqlServiceOptions): Route {
  // What `identify` read need not be read again by the handler.
  const requests = new WeakMap<Incoming, GraphqlRequest | undefined>();
  const handler: Handler = async (request) => {
    const refused = service.refuse(request);
    if (refused) return refused;
    const parsed = requests.has(request) ? requests.get(request) : await parseRequest(request, service.documents);
    return parsed ? answer(parsed, request, service) : badRequest('The body is not a GraphQL request.');
  };
  const identify = async (request: Incoming): Promise<Identity> => {
    const parsed = await parseRequest(request, service.documents);
    requests.set(request, parsed);
    const [field = ''] = parsed?.read.fields ?? [];
    return { route: service.routeNames[field] ?? 'unique.graphql', keys: parsed?.keys ?? [] };
  };
  return { method: 'POST', path: service.path, name: 'unique.graphql', handler, identify };
}

function answer(parsed: GraphqlRequest, request: Incoming, service: GraphqlServiceOptions): Answer {
  const { read, variables, operationName } = parsed;
  const call = withInjected(service.call(), request);
  const { refuseBatchesAbove, nullDataOnError } = call.platform.switches;
  if (refuseBatchesAbove > 0 && read.fields.length > refuseBatchesAbove) {
    const message = `Query is too complex: ${read.fields.length} fields, at most ${refuseBatchesAbove} are allowed.`;
    return refusedDocument([{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  }
  if (!read.document || read.errors.length > 0) {
    const code = read.document ? 'GRAPHQL_VALIDATION_FAILED' : 'GRAPHQL_PARSE_FAILED';
    return refusedDocument(read.errors.map((error) => ({ ...error.toJSON(), extensions: { code } })));
  }
  const result = execute({
    schema: service.documents.schema,
    document: read.document,
    variableValues: variables,
    operationName,
    contextValue: call,
    fieldResolver: resolver(service.operations),
  }) as ExecutionResult;
  // Variables that do not fit their types end the execution before it begins.
  if (!('data' in result)) {
    const errors = result.errors ?? [];
    return refusedDocument(errors.map((error) => ({ ...error.toJSON(), extensions: { code: 'BAD_USER_INPUT' } })));
  }
  return json(200, nullDataOnError && result.errors ? { ...result, data: null } : result);
}

function resolver(operations: GraphqlServiceOptions['operations']): GraphQLFieldResolver<unknown, ServiceCall> {
  return (source, values, call, info) => {
    if (info.path.prev !== undefined) return defaultFieldResolver(source, values, call, info);
    const injected = call.injected?.(keyOf(values));
    if (injected) throw injected;
    return operations[info.fieldName]?.(values as never, call);
  };
}

/** The content key among the arguments of a field, if it has one. */
function keyOf(values: unknown): string | undefined {
  const key = toRecord(toRecord(values)?.['input'])?.['key'];
  return typeof key === 'string' ? key : undefined;
}

async function parseRequest(request: Incoming, documents: GraphqlDocuments): Promise<GraphqlRequest | undefined> {
  const body = toRecord(parseJson(await request.body()));
  const query = body?.['query'];
  if (typeof query !== 'string') return undefined;
  const variables = toRecord(body?.['variables']) ?? {};
  const operationName = body?.['operationName'];
  return {
    read: documents.read(query),
    variables,
    operationName: typeof operationName === 'string' ? operationName : undefined,
    keys: Object.values(variables).flatMap((value) => {
      const key = toRecord(value)?.['key'];
      return typeof key === 'string' ? [key] : [];
    }),
  };
}

function withInjected(call: ServiceCall, { graphqlError }: Incoming): ServiceCall {
  if (!graphqlError) return call;
  const { message, keys, code = 'INTERNAL_SERVER_ERROR' } = graphqlError;
  const matches = (key: string) => (typeof keys === 'string' ? key === keys : keys?.test(key));
  const injected = (key: string | undefined) =>
    keys === undefined || (key !== undefined && matches(key))
      ? new GraphQLError(message, { extensions: { code } })
      : undefined;
  return { ...call, injected };
}

function badRequest(message: string): Answer {
  return refusedDocument([{ message, extensions: { code: 'BAD_REQUEST' } }]);
}

/** Nothing of the document was executed: there is no `data`. */
function refusedDocument(errors: readonly GraphQLFormattedError[]): Answer {
  return json(400, { errors });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
