import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FaultEffect } from '../faults/rule';

/** Bytes that are made while they are sent. */
export interface LazyBody {
  readonly size: number;
  readonly chunks: () => Iterable<Buffer>;
}

/** What a handler answers; headers that follow from the body are added when it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | LazyBody;
}

/** A request as handlers see it. */
export class Incoming {
  readonly method: string;
  /** Path as it was sent, without the query. */
  readonly path: string;
  /** Set when a fault lets single fields of a GraphQL document fail. */
  graphqlError: Extract<FaultEffect, { kind: 'graphql-error' }> | undefined;

  private readonly search: string;
  private parsedQuery: URLSearchParams | undefined;
  private received: Promise<Buffer> | undefined;

  constructor(
    readonly raw: IncomingMessage,
    /** Placeholders of the route's path, decoded. */
    readonly parameters: Readonly<Record<string, string>>,
  ) {
    this.method = raw.method ?? 'GET';
    const url = raw.url ?? '/';
    const mark = url.indexOf('?');
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.search = mark < 0 ? '' : url.slice(mark + 1);
  }

  get headers(): IncomingHttpHeaders {
    return this.raw.headers;
  }

  get query(): URLSearchParams {
    return (this.parsedQuery ??= new URLSearchParams(this.search));
  }

  parameter(name: string): string {
    return this.parameters[name] ?? '';
  }

  /** The body in pieces as it arrives; rejects when the sender breaks off. Whole if `body` was asked before. */
  async *chunks(): AsyncGenerator<Buffer> {
    if (this.received) yield await this.received;
    else for await (const chunk of this.raw) yield chunk as Buffer;
  }

  /** The whole body; rejects when the sender breaks off. Can be asked more than once. */
  body(): Promise<Buffer> {
    return (this.received ??= collect(this.raw));
  }
}

async function collect(raw: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of raw) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Carries out a request. */
export type Handler = (request: Incoming) => Answer | Promise<Answer>;

/** What a request is about, for faults and the log, where the path does not tell. */
export interface Identity {
  readonly route: string;
  /** Content keys that the request names. */
  readonly keys: readonly string[];
}

/** A path that is served. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With placeholders, as Fastify writes them. */
  readonly path: string;
  /** Name in faults and in the log, such as `confluence.search`. */
  readonly name: string;
  readonly handler: Handler;
  /** Reads more from the request, where several operations share a path. */
  readonly identify?: (request: Incoming) => Identity | Promise<Identity>;
  /** The sandbox's own controls: no fault strikes them and the log does not count them. */
  readonly isControl?: true;
}
