import fastify, { type FastifyInstance } from 'fastify';
import { SandboxPortInUseError } from '../sandbox';
import { Incoming, type Handler, type Route } from './exchange';
import { type ServerContext, serve } from './serve';

/** One of the sandbox's HTTP servers. */
export interface Listener {
  readonly port: number;
  /** Ends the server with all its connections. */
  close(): Promise<void>;
}

const LONGEST_PARAMETER = 2_000;

/**
 * Serves `routes` on 127.0.0.1 and everything else by `otherwise`.
 *
 * @param port `0` takes a free one
 * @throws {SandboxPortInUseError}
 */
export async function listen(
  port: number,
  routes: readonly Route[],
  otherwise: Handler,
  context: ServerContext,
): Promise<Listener> {
  const app = fastify({
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  });
  leaveBodiesAlone(app);
  for (const route of routes) add(app, route, context);
  const fallback: Route = { method: 'GET', path: '*', name: 'unknown', handler: otherwise };
  app.setNotFoundHandler(async (request, reply) => {
    reply.hijack();
    await serve(fallback, new Incoming(request.raw, {}), reply.raw, context);
  });
  try {
    await app.listen({ port, host: '127.0.0.1' });
  } catch (error) {
    await app.close();
    throw isAddressInUse(error) ? new SandboxPortInUseError(port) : error;
  }
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => app.close(),
  };
}

/** Handlers read bodies themselves: an upload may be large, or meant to be cut. */
function leaveBodiesAlone(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

function add(app: FastifyInstance, route: Route, context: ServerContext): void {
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      reply.hijack();
      const parameters = request.params as Readonly<Record<string, string>>;
      await serve(route, new Incoming(request.raw, parameters), reply.raw, context);
    },
  });
}

function isAddressInUse(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}
