import type { ServerResponse } from 'node:http';
import type { Faults } from '../faults/faults';
import type { FaultEffect } from '../faults/rule';
import type { RequestLog } from '../request-log';
import { gatewayPage, html, json, loginPage } from './answers';
import type { Answer, Identity, Incoming, Route } from './exchange';
import type { Later } from './later';
import { sendAnswer, sendHalf, sendSlowly } from './send';

/** What every server of a sandbox shares. */
export interface ServerContext {
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly later: Later;
}

/** Carries a request out, with whatever fault strikes it, answers it and notes it in the log. */
export async function serve(
  route: Route,
  request: Incoming,
  response: ServerResponse,
  context: ServerContext,
): Promise<void> {
  const time = Date.now();
  let name = route.name;
  try {
    const identity = route.identify ? await route.identify(request) : undefined;
    name = identity?.route ?? name;
    const effect =
      route.isControl || context.faults.isEmpty ? undefined : strike(name, request, identity, context.faults);
    await (effect ? withFault(effect, route, request, response, context) : plainly(route, request, response));
  } catch (error) {
    // The sender broke off, or a handler has a defect: the first sees nothing, the second must be seen.
    const senderIsGone = request.raw.destroyed && !request.raw.complete;
    if (senderIsGone || response.headersSent) response.destroy();
    else await sendAnswer(response, json(500, { message: `The sandbox failed: ${String(error)}` }));
  } finally {
    const status = response.headersSent ? response.statusCode : 0;
    const path = request.raw.url ?? '/';
    if (!route.isControl) {
      context.requests.add({ time, route: name, method: request.method, path, status, durationMs: Date.now() - time });
    }
  }
}

function strike(route: string, request: Incoming, identity: Identity | undefined, faults: Faults) {
  const { method, path, query, headers } = request;
  return faults.strike({ route, method, path, query, headers, keys: identity?.keys ?? [] });
}

async function plainly(route: Route, request: Incoming, response: ServerResponse): Promise<void> {
  await sendAnswer(response, await route.handler(request));
}

async function withFault(
  effect: FaultEffect,
  route: Route,
  request: Incoming,
  response: ServerResponse,
  { later }: ServerContext,
): Promise<void> {
  switch (effect.kind) {
    case 'status':
      return sendAnswer(response, toAnswer(effect));
    case 'html':
      return sendAnswer(response, loginPage());
    case 'drop':
      response.destroy();
      return;
    case 'drop-after':
      await route.handler(request);
      response.destroy();
      return;
    case 'slow':
      await later.wait(effect.ms);
      return plainly(route, request, response);
    case 'slow-body':
      return sendSlowly(response, await route.handler(request), effect.bytesPerSecond, later);
    case 'cut-body':
      return sendHalf(response, await route.handler(request));
    case 'hold':
      return hold(effect, route, request, response, later);
    case 'delay-apply':
      // The body is needed when the connection may be long gone.
      await request.body();
      later.after(effect.ms, () => void Promise.resolve(route.handler(request)).catch(() => undefined));
      return sendAnswer(response, gatewayPage(504, 'Gateway Time-out'));
    case 'graphql-error':
      request.graphqlError = effect;
      return plainly(route, request, response);
  }
}

/** The body is needed when the connection may be long gone. */
async function hold(
  { gate, isUnanswered }: Extract<FaultEffect, { kind: 'hold' }>,
  route: Route,
  request: Incoming,
  response: ServerResponse,
  later: Later,
): Promise<void> {
  await request.body();
  if (isUnanswered === true) response.destroy();
  if (!(await later.until(gate.pass()))) return;
  const answer = await route.handler(request);
  if (!response.destroyed) await sendAnswer(response, answer);
}

function toAnswer({ status, retryAfter, body, contentType }: Extract<FaultEffect, { kind: 'status' }>): Answer {
  const headers = {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
  if (body === undefined) return { status, headers };
  return typeof body === 'string' ? html(status, body, headers) : json(status, body, headers);
}
