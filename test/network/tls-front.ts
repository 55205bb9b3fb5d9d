import { createServer } from 'node:tls';
import { type AddressInfo, connect } from 'node:net';
import type { Issued } from './certificates';

/** TLS in front of a server that speaks plain HTTP. */
export interface TlsFront {
  /** `127.0.0.1:port` */
  readonly address: string;
  close(): Promise<void>;
}

/** Listens on a free port and passes on what it decrypts. */
export async function startTlsFront(certificate: Issued, toUrl: string): Promise<TlsFront> {
  const { hostname, port } = new URL(toUrl);
  const server = createServer(certificate, (client) => {
    const target = connect(Number(port), hostname);
    client.pipe(target).pipe(client);
    for (const [one, other] of [[client, target] as const, [target, client] as const]) {
      one.on('error', () => other.destroy()).once('close', () => other.destroy());
    }
  });
  const open = new Set<{ destroy(): void }>();
  server.on(
    'secureConnection',
    (socket) => open.add(socket).has(socket) && socket.once('close', () => open.delete(socket)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
