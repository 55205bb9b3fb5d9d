import { fork } from 'node:child_process';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';

/** How the proxy behaves; without anything it speaks plain HTTP and lets everybody through. */
export interface ProxyOptions {
  /** Speaks TLS; with `ca`, only with clients whose certificate that authority signed. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** The `Proxy-Authorization` that it wants. */
  readonly authorization?: string;
  /** Where targets (`host:port`) really are: names that it alone can resolve. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** `silent` never answers, `forbid` answers 403, `unreachable` 502. */
  readonly mode?: 'silent' | 'forbid' | 'unreachable';
}

/** What the proxy was asked for. */
export interface SeenConnect {
  /** `host:port` */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly refused: boolean;
}

/** A proxy in a process of its own. */
export interface ProxyProcess {
  readonly port: number;
  /** Every CONNECT so far, oldest first. */
  readonly seen: readonly SeenConnect[];
  /** Targets that it connected to, without repetitions, sorted. */
  targets(): readonly string[];
}

/** Runs `work` beside a proxy process, and ends it whatever happens. */
export async function withProxy<T>(options: ProxyOptions, work: (proxy: ProxyProcess) => Promise<T>): Promise<T> {
  const seen: SeenConnect[] = [];
  const child = fork(join(__dirname, 'connect-proxy.mjs'), { execArgv: [] });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`The proxy ended with ${code}.`)));
      child.on('message', (message: { readonly port: number } | SeenConnect) => {
        if ('port' in message) resolve(message.port);
        else seen.push(message);
      });
      child.send({ hosts: {}, ...options });
    });
    const targets = () => [...new Set(seen.filter(({ refused }) => !refused).map(({ target }) => target))].sort();
    return await work({ port, seen, targets });
  } finally {
    child.removeAllListeners('exit').kill();
  }
}
