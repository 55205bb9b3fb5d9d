import { createServer } from 'node:net';
import { PortTakenError } from './errors';

/** How a command wants its ports: `usual` tries the well-known ones first, `any` takes free ones. */
export interface PortWishes {
  readonly ports: 'usual' | 'any';
  /** Exactly this one for Temporal (`--port`). */
  readonly port?: number;
  /** Exactly this one for its UI (`--ui-port`). */
  readonly uiPort?: number;
}

/** Temporal's own defaults, which its CLI and UI use too. */
const USUAL = { port: 7233, uiPort: 8233 } as const;

/**
 * Ports for an embedded server and its UI.
 *
 * @throws {PortTakenError} when one that was asked for is in use
 */
export async function choosePorts(wishes: PortWishes): Promise<{ readonly port: number; readonly uiPort: number }> {
  const port = await choosePort('--port', wishes.port, wishes.ports === 'usual' ? USUAL.port : undefined);
  const uiPort = await choosePort('--ui-port', wishes.uiPort, wishes.ports === 'usual' ? USUAL.uiPort : undefined);
  // A port that was free a moment ago may be given out twice.
  return port === uiPort && wishes.uiPort === undefined ? choosePorts(wishes) : { port, uiPort };
}

async function choosePort(option: string, asked: number | undefined, usual: number | undefined): Promise<number> {
  if (asked !== undefined) {
    const free = await freePort(asked);
    if (free === undefined) throw new PortTakenError(option, asked);
    return free;
  }
  const free = usual === undefined ? undefined : await freePort(usual);
  return free ?? (await freePort(0)) ?? 0;
}

/** The port, if a server may listen there now; any free one for 0. */
function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
